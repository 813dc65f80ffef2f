package io.kogluktualuk.memnode.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.OutOfCredits;
import io.kogluktualuk.fabric.fault.StaleLease;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.fabric.lease.LeaseSource;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.memnode.api.LeaseTerms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LeasesTest {

  private static final Duration TTL = Duration.ofSeconds(30);
  private static final LeaseSettings SETTINGS =
      new LeaseSettings(Account.DEFAULT, TTL, Duration.ofSeconds(5));

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(30));
  }

  private static Hash hash(int number) {
    return Hash.of(new byte[] {(byte) number, (byte) (number >> 8)});
  }

  /// A control plane and memory nodes with clocks that the test moves.
  private static final class World implements LeaseSource, HoldPort {
    long nanos = 1_000_000_000_000L;
    long tokens;
    long leaseEnd;
    long token;
    boolean isControlAway;
    int renewals;
    int calls;

    /// What happens while the next hold is under way, after the node has done it.
    @Nullable Runnable meanwhile;

    /// Whether the answers to holds are lost, and releases on their way.
    boolean areAnswersLost;

    /// Whether releases arrive only when the test says so.
    boolean areReleasesLate;
    final List<Runnable> late = new ArrayList<>();
    final Map<String, Node> nodes = new TreeMap<>();
    final Leases leases = new Leases(this, this, SETTINGS, new LeaseId(1, 2), () -> nanos);

    static final class Node {
      final Set<Hash> blobs = new HashSet<>();
      final Map<Hash, Long> heldUntil = new HashMap<>();
      final Map<Hash, Long> orders = new HashMap<>();
      long tokenSeen;
      boolean isAway;
      boolean isLost;
      boolean isBroke;
    }

    Node node(String id) {
      return nodes.computeIfAbsent(id, _ -> new Node());
    }

    /// What a node may throw away.
    void evict(String id) {
      Node node = node(id);
      node.heldUntil.values().removeIf(until -> until - nanos <= 0);
      node.blobs.retainAll(node.heldUntil.keySet());
    }

    void pass(Duration time) {
      nanos += time.toNanos();
    }

    private void checkControl() {
      if (isControlAway) {
        throw new Unavailable("the control plane is away");
      }
    }

    @Override
    public LeaseProof acquire(LeaseId id, Account account, Duration ttl, Deadline deadline) {
      checkControl();
      token = ++tokens;
      leaseEnd = nanos + ttl.toNanos();
      return new LeaseProof(id, token);
    }

    @Override
    public LeaseProof renew(LeaseProof proof, Duration ttl, Deadline deadline) {
      checkControl();
      if (proof.token() != token || leaseEnd - nanos <= 0) {
        throw new StaleLease("token " + proof.token() + " is dead");
      }
      renewals++;
      leaseEnd = nanos + ttl.toNanos();
      return proof;
    }

    @Override
    public void release(LeaseProof proof, Deadline deadline) {
      token = 0;
    }

    @Override
    public List<String> candidates(Hash hash) {
      return List.copyOf(nodes.keySet());
    }

    @Override
    public Set<String> living() {
      Set<String> living = new HashSet<>(nodes.keySet());
      living.removeIf(id -> node(id).isLost);
      return living;
    }

    private Node reach(String id) {
      Node node = node(id);
      if (node.isAway) {
        throw new Unavailable(id + " is away");
      }
      return node;
    }

    @Override
    public Set<Hash> hold(String id, LeaseTerms lease, List<Hash> hashes, Deadline deadline) {
      Node node = reach(id);
      calls++;
      if (lease.proof().token() < node.tokenSeen) {
        throw new StaleLease("token " + lease.proof().token() + " at " + id);
      }
      if (node.isBroke) {
        throw new OutOfCredits("nothing left");
      }
      if (lease.proof().token() > node.tokenSeen) {
        node.tokenSeen = lease.proof().token();
      }
      long until = nanos + lease.ttl().toNanos();
      node.heldUntil.values().removeIf(end -> end - nanos <= 0);
      node.heldUntil.replaceAll((_, _) -> until);
      Set<Hash> absent = new HashSet<>(hashes);
      absent.removeAll(node.blobs);
      hashes.stream().filter(node.blobs::contains).forEach(h -> node.heldUntil.put(h, until));
      hashes.forEach(h -> node.orders.merge(h, lease.order(), Math::max));
      Runnable now = meanwhile;
      meanwhile = null;
      if (now != null) {
        now.run();
      }
      if (areAnswersLost) {
        throw new Unavailable("interrupted");
      }
      return absent;
    }

    @Override
    public void release(
        String id, LeaseProof proof, long order, List<Hash> hashes, Deadline deadline) {
      if (areAnswersLost) {
        throw new Unavailable("interrupted");
      }
      if (areReleasesLate) {
        late.add(() -> letGo(id, order, hashes));
      } else {
        letGo(id, order, hashes);
      }
    }

    private void letGo(String id, long order, List<Hash> hashes) {
      Node node = reach(id);
      for (Hash hash : hashes) {
        if (node.orders.getOrDefault(hash, 0L) <= order) {
          node.heldUntil.remove(hash);
        }
      }
    }
  }

  private final World world = new World();

  @Test
  void holdsWhereTheBlobsAreAndTellsWhatIsNowhere() {
    world.node("a").blobs.add(hash(1));
    world.node("b").blobs.add(hash(2));
    Held held = world.leases.open();
    assertEquals(Set.of(hash(3)), held.hold(List.of(hash(1), hash(2), hash(3)), soon()));
    assertEquals(Set.of(hash(1)), world.node("a").heldUntil.keySet());
    assertEquals(Set.of(hash(2)), world.node("b").heldUntil.keySet());
    held.close();
    held.close();
    assertTrue(world.node("a").heldUntil.isEmpty());
    assertEquals(0, world.leases.size());
  }

  @Test
  void whatOnlyALostNodeHoldsIsNowhereAndWhatOthersHaveIsHeldThere() {
    world.node("a").blobs.addAll(List.of(hash(1), hash(2)));
    world.node("b").blobs.add(hash(2));
    Held held = world.leases.open();
    assertEquals(Set.of(), held.hold(List.of(hash(1), hash(2)), soon()));
    world.node("a").isAway = true;
    assertEquals(Set.of(), held.hold(List.of(hash(1)), soon()), "it may answer soon");
    world.node("a").isLost = true;
    assertEquals(Set.of(hash(1)), held.hold(List.of(hash(1), hash(2)), soon()));
    assertEquals(Set.of(hash(2)), world.node("b").heldUntil.keySet());
    assertEquals(Set.of(hash(1)), world.leases.open().hold(List.of(hash(1), hash(2)), soon()));
  }

  @Test
  void aHoldWhoseAnswerIsLostIsLetGoOf() {
    world.node("a").blobs.addAll(List.of(hash(1), hash(2)));
    Held other = world.leases.open();
    other.hold(List.of(hash(2)), soon());
    Held held = world.leases.open();
    world.areAnswersLost = true;
    assertEquals(Set.of(hash(1)), held.hold(List.of(hash(1)), soon()));
    held.close();
    assertEquals(Set.of(hash(1), hash(2)), world.node("a").heldUntil.keySet());
    world.leases.tend();
    assertEquals(Set.of(hash(1), hash(2)), world.node("a").heldUntil.keySet(), "nobody hears");
    world.areAnswersLost = false;
    world.leases.tend();
    assertEquals(Set.of(hash(2)), world.node("a").heldUntil.keySet());
  }

  /// It waits there for credits, say.
  @Test
  void aHoldThatANodeBeginsWhenNobodyWaitsForItAnyMoreIsLetGoOf() {
    world.node("a").blobs.addAll(List.of(hash(1), hash(2)));
    world.leases.open().hold(List.of(hash(2)), soon());
    LeaseTerms terms = world.leases.terms(soon());
    world.leases.unanswered("a", List.of(hash(1)), soon());
    world.leases.tend();
    world.pass(Duration.ofSeconds(2));
    world.hold("a", terms, List.of(hash(1)), soon());
    world.leases.tend();
    assertEquals(Set.of(hash(2)), world.node("a").heldUntil.keySet());
    for (int i = 0; i < 2; i++) {
      world.pass(Duration.ofSeconds(15));
      world.leases.tend();
    }
    world.hold("a", world.leases.terms(soon()), List.of(hash(1)), soon());
    world.leases.tend();
    assertEquals(2, world.node("a").heldUntil.size(), "its time is over: nobody looks any more");
  }

  @Test
  void whatIsInDoubtAndHeldBySomebodyElseStays() {
    world.node("a").blobs.add(hash(1));
    world.leases.open().hold(List.of(hash(1)), soon());
    world.leases.unanswered("a", List.of(hash(1)), soon());
    world.leases.tend();
    assertEquals(Set.of(hash(1)), world.node("a").heldUntil.keySet());
  }

  @Test
  void aReleaseThatDoesNotArriveIsMadeAgain() {
    world.node("a").blobs.addAll(List.of(hash(1), hash(2)));
    world.leases.open().hold(List.of(hash(2)), soon());
    Held held = world.leases.open();
    held.hold(List.of(hash(1)), soon());
    world.areAnswersLost = true;
    held.close();
    world.areAnswersLost = false;
    assertEquals(2, world.node("a").heldUntil.size());
    world.leases.tend();
    assertEquals(Set.of(hash(2)), world.node("a").heldUntil.keySet());
  }

  @Test
  void whoIsInterruptedLeavesTheReleaseToAnother() {
    world.node("a").blobs.addAll(List.of(hash(1), hash(2)));
    world.leases.open().hold(List.of(hash(2)), soon());
    Held held = world.leases.open();
    held.hold(List.of(hash(1)), soon());
    Thread.currentThread().interrupt();
    held.close();
    assertTrue(Thread.interrupted());
    assertEquals(2, world.node("a").heldUntil.size());
    world.leases.tend();
    assertEquals(Set.of(hash(2)), world.node("a").heldUntil.keySet());
  }

  @Test
  void aSessionThatEndsLetsGoOfEverythingAlsoWhereANodeIsAway() {
    world.node("a").blobs.add(hash(1));
    world.node("b").blobs.add(hash(2));
    world.leases.open().hold(List.of(hash(1), hash(2)), soon());
    world.node("a").isAway = true;
    world.leases.end();
    assertEquals(Set.of(hash(1)), world.node("a").heldUntil.keySet());
    assertTrue(world.node("b").heldUntil.isEmpty());
    assertEquals(0, world.token, "the lease has been given back");
  }

  @Test
  void whatTwoScopesHoldStaysUntilBothAreClosed() {
    world.node("a").blobs.add(hash(1));
    Held one = world.leases.open();
    Held two = world.leases.open();
    one.hold(List.of(hash(1)), soon());
    int calls = world.calls;
    two.hold(List.of(hash(1)), soon());
    assertEquals(calls, world.calls, "it is known to be held");
    one.close();
    assertEquals(Set.of(hash(1)), world.node("a").heldUntil.keySet());
    two.close();
    assertTrue(world.node("a").heldUntil.isEmpty());
  }

  @Test
  void whatIsLetGoOfWhileAnotherScopeAsksForItIsAskedForAgain() {
    world.node("a").blobs.add(hash(1));
    Held one = world.leases.open();
    world.meanwhile =
        () -> {
          Held other = world.leases.open();
          other.hold(List.of(hash(1)), soon());
          other.close();
        };
    assertEquals(Set.of(), one.hold(List.of(hash(1)), soon()));
    assertEquals(Set.of(hash(1)), world.node("a").heldUntil.keySet());
    assertEquals(Set.of(hash(1)), world.leases.promised("a"));
    one.close();
    assertTrue(world.node("a").heldUntil.isEmpty());
  }

  @Test
  void whatIsLetGoOfWhileItIsPutIsHeldAgain() {
    world.node("a").blobs.add(hash(1));
    LeaseTerms terms = world.leases.terms(soon());
    Held other = world.leases.open();
    other.hold(List.of(hash(1)), soon());
    other.close();
    Held one = world.leases.open();
    world.leases.stored(one, hash(1), "a", terms, world.nanos);
    assertEquals(Set.of(hash(1)), world.node("a").heldUntil.keySet());
    assertEquals(Set.of(hash(1)), world.leases.promised("a"));
    assertEquals(Set.of(), one.lost());
  }

  @Test
  void aReleaseThatComesLateEndsNoHoldThatWasAskedForSince() {
    world.node("a").blobs.addAll(List.of(hash(1), hash(2)));
    Held one = world.leases.open();
    one.hold(List.of(hash(1), hash(2)), soon());
    world.areReleasesLate = true;
    one.close();
    world.leases.open().hold(List.of(hash(1)), soon());
    world.late.forEach(Runnable::run);
    assertEquals(Set.of(hash(1)), world.node("a").heldUntil.keySet());
  }

  @Test
  void whoeverAskedBeforeMoreReleasesThanAreRememberedAsksAgain() {
    world.node("a").blobs.add(hash(1));
    LeaseTerms terms = world.leases.terms(soon());
    for (int i = 0; i <= HoldBook.RELEASES_MAX; i++) {
      Hash other = hash(2 + i);
      world.node("b").blobs.add(other);
      Held held = world.leases.open();
      held.hold(List.of(other), soon());
      held.close();
    }
    int calls = world.calls;
    world.leases.stored(world.leases.open(), hash(1), "a", terms, world.nanos);
    assertEquals(calls + 1, world.calls);
    assertEquals(Set.of(hash(1)), world.leases.promised("a"));
  }

  @Test
  void aLeaseThatIsTendedNeverEnds() {
    world.node("a").blobs.add(hash(1));
    Held held = world.leases.open();
    held.hold(List.of(hash(1)), soon());
    long end = world.nanos + TTL.multipliedBy(20).toNanos();
    while (world.nanos < end) {
      world.nanos += world.leases.tend().toNanos();
      world.evict("a");
      assertEquals(Set.of(hash(1)), world.node("a").blobs);
    }
    assertEquals(0, world.leases.lapses());
    assertTrue(world.renewals >= 20 && world.renewals <= 80, world.renewals + " renewals");
    held.close();
    int renewals = world.renewals;
    world.pass(TTL.dividedBy(2));
    world.leases.tend();
    assertEquals(renewals, world.renewals, "nobody holds anything");
  }

  @Test
  void afterALapseEverythingIsHeldAgainUnderAGreaterToken() {
    world.node("a").blobs.addAll(List.of(hash(1), hash(2)));
    Held held = world.leases.open();
    held.hold(List.of(hash(1), hash(2)), soon());
    world.pass(TTL.multipliedBy(3));
    world.leases.tend();
    assertEquals(1, world.leases.lapses());
    assertEquals(2, world.node("a").tokenSeen);
    world.evict("a");
    assertEquals(Set.of(hash(1), hash(2)), world.node("a").blobs);
    assertEquals(Set.of(), held.lost());
  }

  @Test
  void whatWasEvictedDuringALapseIsHeldOnAnotherNodeOrTold() {
    world.node("a").blobs.addAll(List.of(hash(1), hash(2)));
    world.node("b").blobs.add(hash(1));
    Held held = world.leases.open();
    held.hold(List.of(hash(1), hash(2)), soon());
    world.pass(TTL);
    world.evict("a");
    world.leases.tend();
    assertEquals(Set.of(hash(1)), world.node("b").heldUntil.keySet());
    assertEquals(Set.of(hash(2)), held.lost());
    assertEquals(1, held.size());
  }

  @Test
  void aControlPlaneThatIsAwayForAMomentCostsNothing() {
    world.node("a").blobs.add(hash(1));
    Held held = world.leases.open();
    held.hold(List.of(hash(1)), soon());
    world.pass(TTL.multipliedBy(6).dividedBy(10));
    world.isControlAway = true;
    world.nanos += world.leases.tend().toNanos();
    world.isControlAway = false;
    world.leases.tend();
    assertEquals(0, world.leases.lapses());
    assertEquals(1, world.tokens);
    assertEquals(1, world.renewals);
    assertEquals(1, held.size());
  }

  @Test
  void aProofThatANodeRefusesIsReplaced() {
    world.node("a").blobs.add(hash(1));
    world.node("a").tokenSeen = 2; // the floor has moved
    world.tokens = 1;
    Held held = world.leases.open();
    world.leases.terms(soon());
    world.node("a").tokenSeen = 3;
    assertEquals(Set.of(), held.hold(List.of(hash(1)), soon()));
    assertEquals(3, world.token);
  }

  @Test
  void whoCannotPayIsTold() {
    world.node("a").blobs.add(hash(1));
    world.node("a").isBroke = true;
    Held held = world.leases.open();
    assertThrows(OutOfCredits.class, () -> held.hold(List.of(hash(1)), soon()));
  }

  @Test
  void inTheEndNothingIsHeldThatNobodyCounts() {
    Seeds.run(
        LeasesTest.class,
        100,
        random -> {
          World any = new World();
          Walk walk = new Walk(any, random);
          walk.losesAnswers = true;
          walk.run();
          walk.end();
        });
  }

  @Test
  void neverBelievesInAHoldThatTheNodeHasLetGoOf() {
    Seeds.run(
        LeasesTest.class,
        100,
        random -> {
          World any = new World();
          new Walk(any, random).run();
        });
  }

  /// Random events; after each, whatever the book promises must be true at the node.
  private static final class Walk {
    final World any;
    final RandomGenerator random;
    final List<Held> scopes = new ArrayList<>();
    boolean losesAnswers;

    Walk(World any, RandomGenerator random) {
      this.any = any;
      this.random = random;
      for (String id : List.of("a", "b", "c")) {
        for (int i = 0; i < 20; i++) {
          if (random.nextBoolean()) {
            any.node(id).blobs.add(hash(i));
          }
        }
      }
    }

    void run() {
      for (int step = 0; step < 200; step++) {
        step();
        for (String id : List.of("a", "b", "c")) {
          any.evict(id);
          Set<Hash> promised = any.leases.promised(id);
          assertTrue(
              any.node(id).blobs.containsAll(promised),
              () -> id + " has let go of what is believed to be held");
        }
      }
    }

    /// Somebody goes on holding one blob, so that the lease lives.
    void end() {
      any.isControlAway = false;
      any.areAnswersLost = false;
      any.node("b").isAway = false;
      any.node("a").blobs.add(hash(99));
      any.leases.open().hold(List.of(hash(99)), soon());
      scopes.forEach(Held::close);
      for (int i = 0; i < 20; i++) {
        any.nanos += any.leases.tend().toNanos();
      }
      for (String id : List.of("a", "b", "c")) {
        any.evict(id);
        assertEquals(any.leases.promised(id), any.node(id).heldUntil.keySet(), id);
      }
    }

    private void step() {
      any.areAnswersLost = losesAnswers && random.nextInt(5) == 0;
      switch (random.nextInt(8)) {
        case 0 -> scopes.add(any.leases.open());
        case 1 -> any.pass(Duration.ofSeconds(random.nextInt(45)));
        case 2 -> any.isControlAway = random.nextInt(4) == 0;
        case 3 -> any.node("b").isAway = random.nextInt(3) == 0;
        case 4 -> {
          if (!scopes.isEmpty()) {
            scopes.remove(random.nextInt(scopes.size())).close();
          }
        }
        case 5, 6 -> any.nanos += any.leases.tend().toNanos();
        default -> hold();
      }
    }

    private void hold() {
      if (!scopes.isEmpty()) {
        List<Hash> some = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          if (random.nextInt(3) == 0) {
            some.add(hash(i));
          }
        }
        try {
          scopes.get(random.nextInt(scopes.size())).hold(some, soon());
        } catch (Unavailable e) {
          assertTrue(any.isControlAway, String.valueOf(e.getMessage()));
        }
      }
    }
  }
}
