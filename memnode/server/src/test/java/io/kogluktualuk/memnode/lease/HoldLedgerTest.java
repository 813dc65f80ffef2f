package io.kogluktualuk.memnode.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.fault.StaleLease;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class HoldLedgerTest {

  private static final int BLOBS = 40;
  private static final int HOLDS_MAX = 60;
  private static final int LEASES_MAX = 6;

  /// Counts in an array, and what the ledger says of them.
  private static final class Counts implements HoldCounts {
    private final int[] holds = new int[BLOBS];

    @Override
    public int holds(int blob) {
      return holds[blob];
    }

    @Override
    public void setHolds(int blob, int count, int account) {
      assertEquals(1, Math.abs(count - holds[blob]));
      holds[blob] = count;
    }
  }

  /// The same by plain collections.
  private static final class Model {
    private final Map<LeaseId, Set<Integer>> held = new HashMap<>();
    private final Map<LeaseId, Long> tokens = new HashMap<>();
    private final Map<LeaseId, Long> deadlines = new HashMap<>();
    private final Map<LeaseId, Map<Integer, Long>> orders = new HashMap<>();
    private final Map<LeaseId, Long> latest = new HashMap<>();

    boolean isStale(LeaseProof proof) {
      return proof.token() < tokens.getOrDefault(proof.id(), 0L);
    }

    void hear(LeaseProof proof, long deadline) {
      tokens.put(proof.id(), proof.token());
      deadlines.merge(proof.id(), deadline, Math::max);
      held.computeIfAbsent(proof.id(), _ -> new HashSet<>());
    }

    void end(LeaseId id) {
      held.remove(id);
      tokens.remove(id);
      deadlines.remove(id);
      orders.remove(id);
      latest.remove(id);
    }

    boolean isReleased(LeaseId id, int blob, long order) {
      return held.getOrDefault(id, Set.of()).contains(blob)
          && orders.getOrDefault(id, Map.of()).getOrDefault(blob, 0L) <= order;
    }

    int holds() {
      return held.values().stream().mapToInt(Set::size).sum();
    }
  }

  private final class Run {
    private final RandomGenerator random;
    private final Counts counts = new Counts();
    private final Model model = new Model();
    private final HoldLedger ledger;
    private long now = Long.MAX_VALUE - 500; // so that the clock wraps around

    Run(RandomGenerator random, Arena arena) {
      this.random = random;
      this.ledger =
          new HoldLedger(
              arena.allocate(HoldLedger.bytesFor(HOLDS_MAX)), HOLDS_MAX, LEASES_MAX, counts);
    }

    private LeaseProof proof() {
      return new LeaseProof(new LeaseId(0, random.nextInt(8)), random.nextInt(1, 12));
    }

    void step() {
      LeaseProof proof = proof();
      int blob = random.nextInt(BLOBS);
      switch (random.nextInt(10)) {
        case 0 -> hear(proof);
        case 1, 2, 3, 4 -> hold(proof, blob);
        case 5, 6 -> release(proof, blob);
        case 7 -> end(proof);
        case 8 -> expire();
        default -> drain();
      }
      check();
    }

    private void hear(LeaseProof proof) {
      long deadline = now + random.nextInt(200);
      if (model.isStale(proof)) {
        assertThrows(StaleLease.class, () -> ledger.hear(proof, 0, deadline));
      } else if (!model.held.containsKey(proof.id()) && model.held.size() == LEASES_MAX) {
        assertThrows(OutOfSpace.class, () -> ledger.hear(proof, 0, deadline));
      } else {
        ledger.hear(proof, 0, deadline);
        model.tokens.put(proof.id(), proof.token());
        model.held.computeIfAbsent(proof.id(), _ -> new HashSet<>());
        model.deadlines.merge(proof.id(), deadline, (a, b) -> a - b > 0 ? a : b);
      }
    }

    private void hold(LeaseProof proof, int blob) {
      long order = random.nextInt(20);
      Set<Integer> held = model.held.get(proof.id());
      if (held == null || model.isStale(proof)) {
        assertThrows(StaleLease.class, () -> ledger.hold(proof, blob, order));
      } else if (!held.contains(blob) && model.holds() == HOLDS_MAX) {
        OutOfSpace full = assertThrows(OutOfSpace.class, () -> ledger.hold(proof, blob, order));
        assertTrue(String.valueOf(full.getMessage()).contains(HOLDS_MAX + " holds"));
        model.latest.merge(proof.id(), order, Math::max);
      } else {
        boolean isNew = held.add(blob);
        assertEquals(isNew, ledger.hold(proof, blob, order));
        Map<Integer, Long> orders = model.orders.computeIfAbsent(proof.id(), _ -> new HashMap<>());
        orders.put(blob, isNew ? order : Math.max(order, orders.getOrDefault(blob, 0L)));
        model.latest.merge(proof.id(), order, Math::max);
      }
    }

    private void release(LeaseProof proof, int blob) {
      long order = random.nextInt(20);
      if (model.isStale(proof)) {
        assertThrows(StaleLease.class, () -> ledger.release(proof, blob, order));
      } else {
        boolean isReleased = model.isReleased(proof.id(), blob, order);
        assertEquals(isReleased, ledger.release(proof, blob, order));
        if (isReleased) {
          model.held.getOrDefault(proof.id(), Set.of()).remove(blob);
        }
      }
    }

    private void end(LeaseProof proof) {
      long order = random.nextInt(20);
      if (model.isStale(proof)) {
        assertThrows(StaleLease.class, () -> ledger.end(proof, order));
      } else {
        ledger.end(proof, order);
        if (model.latest.getOrDefault(proof.id(), 0L) <= order) {
          model.end(proof.id());
        }
        drain();
      }
    }

    private void expire() {
      now += random.nextInt(100);
      ledger.expire(now);
      List.copyOf(model.deadlines.entrySet())
          .forEach(
              each -> {
                if (now - each.getValue() >= 0) {
                  model.end(each.getKey());
                }
              });
      drain();
    }

    private void drain() {
      while (ledger.drain(random.nextInt(1, 5)) > 0) {
        assertTrue(ledger.holds() >= model.holds());
      }
    }

    private void check() {
      assertEquals(model.holds(), ledger.holds());
      assertEquals(model.held.size(), ledger.leases());
      int[] expected = new int[BLOBS];
      model.held.values().forEach(set -> set.forEach(blob -> expected[blob]++));
      for (int blob = 0; blob < BLOBS; blob++) {
        assertEquals(expected[blob], counts.holds[blob]);
      }
      model.held.forEach((id, set) -> set.forEach(blob -> assertTrue(ledger.isHeldBy(id, blob))));
    }
  }

  @Test
  void doesWhatPlainCollectionsDo() {
    Seeds.run(
        HoldLedgerTest.class,
        100,
        random -> {
          try (Arena arena = Arena.ofConfined()) {
            Run run = new Run(random, arena);
            for (int i = 0; i < 400; i++) {
              run.step();
            }
          }
        });
  }

  @Test
  void aLeaseEndsAtOnceAndItsHoldsInPortions() {
    try (Arena arena = Arena.ofConfined()) {
      Counts counts = new Counts();
      HoldLedger ledger =
          new HoldLedger(
              arena.allocate(HoldLedger.bytesFor(HOLDS_MAX)), HOLDS_MAX, LEASES_MAX, counts);
      LeaseProof proof = new LeaseProof(new LeaseId(1, 1), 1);
      ledger.hear(proof, 0, 100);
      for (int blob = 0; blob < 10; blob++) {
        assertTrue(ledger.hold(proof, blob, 1));
      }
      ledger.expire(99);
      assertEquals(1, ledger.leases());
      ledger.expire(100);
      assertEquals(0, ledger.leases());
      assertFalse(ledger.isHeldBy(proof.id(), 3));
      assertEquals(4, ledger.drain(4));
      assertEquals(6, ledger.holds());
      assertEquals(6, ledger.drain(100));
      assertThrows(StaleLease.class, () -> ledger.hold(proof, 1, 1));
    }
  }

  @Test
  void theFieldsTileTheRecord() {
    assertEquals(0, HoldPool.BLOB_OFFSET);
    assertEquals(4, HoldPool.LEASE_OFFSET);
    assertEquals(8, HoldPool.NEXT_OFFSET);
    assertEquals(12, HoldPool.BEFORE_OFFSET);
    assertEquals(16, HoldPool.CHAIN_OFFSET);
    assertEquals(20, HoldPool.ORDER_OFFSET);
    assertEquals(28, HoldPool.BYTES);
    assertEquals(1_000_001L * 28 + (1 << 20) * 4L, HoldLedger.bytesFor(1_000_000));
  }
}
