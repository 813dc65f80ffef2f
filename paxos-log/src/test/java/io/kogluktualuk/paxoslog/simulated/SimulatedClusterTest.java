package io.kogluktualuk.paxoslog.simulated;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.paxoslog.api.HistoryMachine;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// What the simulated consensus promises holds whatever it does to its replicas, and each of its
/// liberties is really taken.
final class SimulatedClusterTest {

  private static final List<String> IDS = List.of("c0", "c1", "c2");
  private static final Deadline FAR = Deadline.after(Duration.ofDays(1));

  private final Set<String> seen = new HashSet<>();

  /// One run: appends at random replicas while replicas crash, are cut off and come back.
  private final class Run {

    private final RandomGenerator random;
    private final SimulatedCluster<HistoryMachine> cluster;
    private final Set<String> acknowledged = new HashSet<>();
    private final Set<String> unproposed = new HashSet<>();

    Run(RandomGenerator random) {
      this.random = random;
      this.cluster = new SimulatedCluster<>(random, LogFaults.SOME, _ -> new HistoryMachine(), IDS);
    }

    void run() {
      for (int i = 0; i < 150; i++) {
        String id = IDS.get(random.nextInt(IDS.size()));
        switch (random.nextInt(12)) {
          case 0 -> cluster.crash(id);
          case 1 -> cluster.cut(id);
          case 2, 3 -> cluster.restart(id);
          case 4 -> cluster.mend(id);
          case 5, 6 -> cluster.step();
          case 7 -> barrier(id);
          default -> append(id, "entry " + i);
        }
      }
      cluster.settle();
      check();
    }

    private void append(String id, String entry) {
      try {
        cluster.log(id).append(entry.getBytes(UTF_8), FAR);
        acknowledged.add(entry);
      } catch (DeadlineExceeded e) {
        boolean isOpen = String.valueOf(e.getMessage()).contains("open");
        seen.add(isOpen ? "open" : "unproposed");
        if (!isOpen) {
          unproposed.add(entry);
        }
      } catch (AlreadyClosed _) {
        unproposed.add(entry);
      }
    }

    private void barrier(String id) {
      try {
        if (!known(id).containsAll(acknowledged)) {
          seen.add("stale read");
        }
        cluster.log(id).barrier(FAR);
        assertTrue(known(id).containsAll(acknowledged), "a barrier missed what was acknowledged");
        seen.add("barrier");
      } catch (DeadlineExceeded | AlreadyClosed _) {
        // As it may be.
      }
    }

    private Set<String> known(String id) {
      return new HashSet<>(cluster.log(id).read(() -> cluster.machine(id).entries()));
    }

    private void check() {
      List<String> history =
          cluster.agreed().stream().map(entry -> new String(entry, UTF_8)).toList();
      assertEquals(history.size(), new HashSet<>(history).size(), "entries are doubled");
      assertTrue(history.containsAll(acknowledged), "acknowledged entries are lost");
      assertTrue(unproposed.stream().noneMatch(history::contains), "refused entries are there");
      for (String id : IDS) {
        assertEquals(history, cluster.machine(id).entries());
        if (cluster.machine(id).applied() < history.size()) {
          seen.add("snapshot");
        }
      }
      if (history.size() > acknowledged.size()) {
        seen.add("open and applied");
      }
    }
  }

  @Test
  void promisesHoldAndLibertiesAreTaken() {
    Seeds.run(SimulatedClusterTest.class, 200, random -> new Run(random).run());
    if (!System.getProperty("seed", "").isEmpty()) {
      return; // one run does not see everything
    }
    assertEquals(
        Set.of("open", "unproposed", "stale read", "barrier", "snapshot", "open and applied"),
        seen);
  }

  @Test
  void theSameSeedGivesTheSameRun() {
    Seeds.run(
        SimulatedClusterTest.class,
        5,
        random -> {
          long seed = random.nextLong();
          Run first = new Run(new SplittableRandom(seed));
          Run second = new Run(new SplittableRandom(seed));
          first.run();
          second.run();
          assertEquals(
              first.cluster.machine("c0").entries(), second.cluster.machine("c0").entries());
          assertEquals(first.acknowledged, second.acknowledged);
        });
  }
}
