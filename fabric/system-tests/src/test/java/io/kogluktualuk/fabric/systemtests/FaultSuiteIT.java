package io.kogluktualuk.fabric.systemtests;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// Random scenarios of faults under a mixed load, see [Scenario] and `fabric/docs/FAULTS.md`.
///
/// `-Dfaults.scenarios=200` runs more of them, `-Dfaults.seed=N` one alone, and
/// `-Dfaults.faults=KILL_LEADER,CUT_MEMORY` that one with these faults.
@EnabledIfSystemProperty(
    named = "faults",
    matches = "true",
    disabledReason = "it takes several minutes: -Dfaults=true")
final class FaultSuiteIT {

  private static final long FIRST = 1;

  /// A cluster is used for so many: also what earlier ones have left behind is part of the test.
  private static final int EACH_CLUSTER = 10;

  private static final int SCENARIOS = 20;

  static {
    if (Namespaces.isAvailable()) {
      System.setProperty("kog.rdma.provider", "tcp"); // the nodes are other hosts, as it were
    }
  }

  @Test
  @Timeout(14_400)
  void nothingThatWasPromisedIsBroken() throws Exception {
    String seed = System.getProperty("faults.seed", "");
    List<Long> seeds = new ArrayList<>();
    if (seed.isEmpty()) {
      int count = Integer.getInteger("faults.scenarios", SCENARIOS);
      for (long each = FIRST; each < FIRST + count; each++) {
        seeds.add(each);
      }
    } else {
      seeds.add(Long.parseLong(seed));
    }
    for (int from = 0; from < seeds.size(); from += EACH_CLUSTER) {
      run(seeds.subList(from, Math.min(seeds.size(), from + EACH_CLUSTER)));
    }
  }

  private static void run(List<Long> seeds) throws Exception {
    Path kept = Path.of("target", "faults").toAbsolutePath();
    Path home = Files.createTempDirectory("kog-faults");
    try (FaultGround ground = FaultGround.open(home.resolve("home"))) {
      for (long seed : seeds) {
        try {
          scenario(seed).run(ground, kept.resolve("scenario-" + seed));
        } catch (AssertionError e) {
          throw new AssertionError(
              "seed "
                  + seed
                  + " failed; repeat it with: ./mvnw -Dquick verify -pl fabric/system-tests -am"
                  + " -Dtest=NoUnitTest -Dsurefire.failIfNoSpecifiedTests=false"
                  + " -Dit.test=FaultSuiteIT -Dfaults=true -Dfaults.seed="
                  + seed,
              e);
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
