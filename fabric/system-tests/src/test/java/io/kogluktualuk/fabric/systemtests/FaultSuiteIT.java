package io.kogluktualuk.fabric.systemtests;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/// Random scenarios of faults under a mixed load, see [Scenario] and `fabric/docs/FAULTS.md`.
///
/// `-Dfaults.scenarios=200` runs more of them, `-Dfaults.first=N` from that one on,
/// `-Dfaults.seed=N` one alone, and `-Dfaults.faults=KILL_LEADER,CUT_MEMORY` that one with these
/// faults. A scenario that fails does not end the others.
@DisabledIfSystemProperty(
    named = "faults",
    matches = "false",
    disabledReason = "-Dfaults=false: it takes several minutes")
final class FaultSuiteIT {

  private static final long FIRST = 1;

  /// A cluster is used for so many: also what earlier ones have left behind is part of the test.
  private static final int EACH_CLUSTER = 10;

  private static final int SCENARIOS = 20;

  private static final int FAILURES_MAX = 5;

  private static final String REPEAT = "scripts/faults --seed ";

  static {
    if (Namespaces.isAvailable()) {
      System.setProperty("kog.rdma.provider", "tcp"); // the nodes are other hosts, as it were
    }
  }

  @Test
  @Timeout(14_400)
  void nothingThatWasPromisedIsBroken() throws Exception {
    Deque<Long> left = new ArrayDeque<>(seeds());
    List<Throwable> failures = new ArrayList<>();
    while (!left.isEmpty() && failures.size() < FAILURES_MAX) {
      runSome(left, failures);
    }
    if (!failures.isEmpty()) {
      AssertionError all = new AssertionError(failures.size() + " scenarios failed");
      failures.forEach(all::addSuppressed);
      throw all;
    }
  }

  private static List<Long> seeds() {
    Long one = Long.getLong("faults.seed");
    if (one != null) {
      return List.of(one);
    }
    long first = Long.getLong("faults.first", FIRST);
    return LongStream.range(first, first + Integer.getInteger("faults.scenarios", SCENARIOS))
        .boxed()
        .toList();
  }

  /// Takes some scenarios with one cluster: until enough, or until one fails, after which nobody
  /// knows what state the cluster is in.
  private static void runSome(Deque<Long> left, List<Throwable> failures) throws Exception {
    Path kept = Path.of("target", "faults").toAbsolutePath();
    Path home = Files.createTempDirectory("kog-faults");
    int failed = failures.size();
    try (FaultGround ground = FaultGround.open(home.resolve("home"))) {
      for (int i = 0; i < EACH_CLUSTER && !left.isEmpty() && failures.size() == failed; i++) {
        long seed = left.removeFirst();
        try {
          scenario(seed).run(ground, kept.resolve("scenario-" + seed));
        } catch (AssertionError e) {
          failures.add(new AssertionError("repeat it with: " + REPEAT + seed, e));
        }
      }
    } finally {
      Folders.delete(home);
    }
  }

  private static Scenario scenario(long seed) {
    String given = System.getProperty("faults.faults", "");
    if (given.isEmpty()) {
      return Scenario.random(seed);
    }
    List<Fault> faults = new ArrayList<>();
    for (String name : given.split(",", -1)) {
      faults.add(Fault.valueOf(name));
    }
    return new Scenario(seed, faults);
  }
}
