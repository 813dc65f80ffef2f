package io.kogluktualuk.memnode.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.memnode.api.Retention;
import io.kogluktualuk.memnode.reader.MemoryNode;
import io.kogluktualuk.memnode.reader.NodeState;
import io.kogluktualuk.memnode.reader.Placement;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RepairPlannerTest {

  private static final int REPLICAS = 2;
  private static final int BLOBS = 4_000;

  /// Nodes that keep sets of blobs, and plan by turns.
  private static final class World {
    final Map<String, NodeState> members = new TreeMap<>();

    /// What each node has, and whether it has promised to keep it.
    final Map<String, Map<Hash, Boolean>> stored = new TreeMap<>();

    final Set<Hash> all = new HashSet<>();
    long copies;
    long surplus;
    @Nullable Placement settled;

    World(int nodes) {
      for (int i = 0; i < nodes; i++) {
        join("node-" + i);
      }
    }

    void join(String id) {
      members.put(id, NodeState.ACTIVE);
      stored.computeIfAbsent(id, _ -> new HashMap<>());
    }

    void die(String id) {
      members.put(id, NodeState.LOST);
      stored.put(id, new HashMap<>());
    }

    Placement placement() {
      List<MemoryNode> nodes = new ArrayList<>();
      members.forEach(
          (id, state) -> nodes.add(new MemoryNode(id, new InetSocketAddress(1), 1, state)));
      return Placement.of(nodes);
    }

    void put(Hash hash) {
      all.add(hash);
      for (String id : placement().intended(hash, REPLICAS)) {
        kept(id).put(hash, true);
      }
    }

    Map<Hash, Boolean> at(String id) {
      return stored.getOrDefault(id, Map.of());
    }

    private Map<Hash, Boolean> kept(String id) {
      return Objects.requireNonNull(stored.get(id), id);
    }

    /// Every node looks after what it has.
    ///
    /// @return whether somebody has to look again
    boolean round() {
      Placement now = placement();
      boolean isUnfinished = false;
      for (String self : stored.keySet()) {
        if (members.get(self) != NodeState.LOST) {
          RepairPlanner planner = new RepairPlanner(self, REPLICAS, now, settled);
          for (Map.Entry<Hash, Boolean> each : List.copyOf(at(self).entrySet())) {
            if (each.getValue()) {
              isUnfinished |= look(planner, self, each.getKey());
            }
          }
        }
      }
      settled = isUnfinished ? settled : now;
      return isUnfinished;
    }

    private boolean look(RepairPlanner planner, String self, Hash hash) {
      LocalBlob blob = new LocalBlob(hash, 100, Retention.SOURCE, Account.DEFAULT, false);
      if (!planner.concerns(blob)) {
        return false;
      }
      Set<String> having = new HashSet<>(planner.toAsk(blob));
      having.removeIf(id -> !at(id).containsKey(hash));
      RepairPlanner.Plan plan = planner.plan(blob, having, Set.of());
      for (String target : plan.targets()) {
        copies++;
        assertFalse(at(target).containsKey(hash), "copied to where it is");
        kept(target).put(hash, true);
      }
      if (plan.isSurplus()) {
        having.forEach(id -> kept(id).put(hash, true)); // they confirm
        kept(self).put(hash, false);
        surplus++;
      }
      return !plan.isFinished();
    }

    /// Throws away what nobody has promised to keep.
    void evict() {
      stored.values().forEach(blobs -> blobs.values().removeIf(isKept -> !isKept));
    }

    void requireEverythingInPlace() {
      Placement now = placement();
      for (Hash hash : all) {
        for (String id : now.intended(hash, REPLICAS)) {
          assertTrue(at(id).getOrDefault(hash, false), hash + " is not on " + id);
        }
      }
    }

    long kept() {
      return stored.values().stream()
          .flatMap(blobs -> blobs.values().stream())
          .filter(isKept -> isKept)
          .count();
    }
  }

  private static World filled(int nodes, RandomGenerator random) {
    World world = new World(nodes);
    for (int i = 0; i < BLOBS; i++) {
      world.put(Hash.ofBytes(Mutations.randomBytes(32, random)));
    }
    world.round();
    assertEquals(0, world.copies, "everything is where it belongs");
    return world;
  }

  @Test
  void aNodeThatJoinsGetsItsShareAndNothingElseMoves() {
    World world = filled(7, RandomGenerator.of("L64X128MixRandom"));
    world.join("node-7");
    world.round();
    world.requireEverythingInPlace();
    double share = (double) REPLICAS * BLOBS / 8;
    assertEquals(share, world.copies, 0.15 * share);
    assertEquals(world.copies, world.at("node-7").size(), "only the new node gets anything");
    world.round();
    assertFalse(world.round(), "everybody knows that all is in order");
    assertEquals(world.copies, world.surplus, "one copy goes for each that came");
    assertEquals((long) REPLICAS * BLOBS, world.kept());
  }

  @Test
  void whatALostNodeHadIsCopiedOnceByThoseWhoHaveItToo() {
    World world = filled(8, RandomGenerator.of("L64X128MixRandom"));
    int had = world.at("node-3").size();
    world.die("node-3");
    world.round();
    world.requireEverythingInPlace();
    assertEquals(had, world.copies);
    assertEquals(0, world.surplus);
  }

  @Test
  void aNodeThatComesBackEmptyIsFilledAndTheOthersGiveUpTheirCopies() {
    World world = filled(5, RandomGenerator.of("L64X128MixRandom"));
    int had = world.at("node-2").size();
    world.die("node-2");
    world.round();
    world.evict();
    world.join("node-2");
    world.round();
    world.requireEverythingInPlace();
    assertEquals(had, world.at("node-2").size());
    world.round();
    assertEquals((long) REPLICAS * BLOBS, world.kept());
  }

  @Test
  void aDrainingNodeHandsOverEverythingAlsoWhatCanBeComputedAgain() {
    World world = filled(4, RandomGenerator.of("L64X128MixRandom"));
    world.members.put("node-1", NodeState.DRAINING);
    RepairPlanner planner = new RepairPlanner("node-1", REPLICAS, world.placement(), null);
    Hash hash = Hash.of(new byte[] {1});
    LocalBlob derived = new LocalBlob(hash, 10, new Retention.Derived(5), Account.DEFAULT, false);
    assertTrue(planner.concerns(derived));
    assertFalse(new RepairPlanner("node-0", REPLICAS, world.placement(), null).concerns(derived));
    RepairPlanner.Plan plan = planner.plan(derived, Set.of(), Set.of());
    assertEquals(world.placement().intended(hash, 1), plan.targets());
    assertFalse(plan.isSafe());
    assertTrue(planner.plan(derived, Set.copyOf(plan.targets()), Set.of()).isSafe());
    world.round();
    world.members.remove("node-1");
    world.stored.remove("node-1");
    world.requireEverythingInPlace();
  }

  @Test
  void whatBelongsOnANodeThatWasStartedAgainIsLookedAt() {
    World world = new World(3);
    Placement before = world.placement();
    List<MemoryNode> nodes = new ArrayList<>(before.nodes());
    MemoryNode old = nodes.removeFirst();
    nodes.add(new MemoryNode(old.id(), new InetSocketAddress(2), old.weight(), old.state()));
    Placement now = Placement.of(nodes);
    for (int i = 0; i < 100; i++) {
      Hash hash = Hash.of(new byte[] {(byte) i});
      LocalBlob blob = new LocalBlob(hash, 10, Retention.SOURCE, Account.DEFAULT, false);
      RepairPlanner planner = new RepairPlanner("node-1", REPLICAS, now, before);
      assertEquals(now.intended(hash, REPLICAS).contains(old.id()), planner.concerns(blob));
      assertFalse(new RepairPlanner("node-1", REPLICAS, now, now).concerns(blob));
    }
  }

  @Test
  void nobodyCopiesToASilentNodeOrGivesUpWhatItMayNotHave() {
    World world = new World(3);
    Hash hash = Hash.of(new byte[] {7});
    List<String> order = world.placement().living(hash);
    LocalBlob blob = new LocalBlob(hash, 10, Retention.SOURCE, Account.DEFAULT, false);
    String second = order.get(1);
    RepairPlanner first = new RepairPlanner(order.getFirst(), REPLICAS, world.placement(), null);
    RepairPlanner.Plan plan = first.plan(blob, Set.of(), Set.of(second));
    assertEquals(List.of(), plan.targets());
    assertEquals(1, plan.missing());
    RepairPlanner last = new RepairPlanner(order.getLast(), REPLICAS, world.placement(), null);
    assertFalse(last.plan(blob, Set.of(order.getFirst()), Set.of(second)).isSurplus());
    assertTrue(last.plan(blob, Set.of(order.getFirst(), second), Set.of()).isSurplus());
  }

  @Test
  void throughRandomChangesNoBlobIsEverLost() {
    Seeds.run(RepairPlannerTest.class, 100, RepairPlannerTest::randomChanges);
  }

  /// One node at a time dies or leaves; others join; what is surplus is thrown away at once.
  private static void randomChanges(RandomGenerator random) {
    World world = new World(3 + random.nextInt(4));
    for (int i = 0; i < 200; i++) {
      world.put(Hash.ofBytes(Mutations.randomBytes(32, random)));
    }
    int next = 100;
    for (int step = 0; step < 12; step++) {
      List<String> active =
          world.members.keySet().stream()
              .filter(id -> world.members.get(id) == NodeState.ACTIVE)
              .toList();
      String any = active.get(random.nextInt(active.size()));
      switch (active.size() <= REPLICAS ? 0 : random.nextInt(4)) {
        case 0 -> world.join("node-" + next++);
        case 1 -> world.die(any);
        case 2 -> world.members.put(any, NodeState.DRAINING);
        default -> {
          world.members.keySet().removeIf(id -> world.members.get(id) == NodeState.LOST);
        }
      }
      world.round();
      world.round();
      world.evict();
      world.requireEverythingInPlace();
    }
  }
}
