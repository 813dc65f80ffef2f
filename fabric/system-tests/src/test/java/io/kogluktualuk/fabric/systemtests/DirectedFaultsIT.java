package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Each fault alone, under the mixed load, with a fixed seed; all in one cluster.
///
/// Runs with `-Dfaults.directed=true` only: it takes several minutes.
/// `-Dfaults.faults=FLIP_ARENA,CUT_LEADER` runs only these.
///
/// **Threading:** one thread.
@EnabledIfSystemProperty(
    named = "faults.directed",
    matches = "true",
    disabledReason = "it takes several minutes")
final class DirectedFaultsIT {

  private static final long FIRST_SEED = 1000;

  private static @Nullable Path home;
  private static @Nullable FaultGround ground;

  @BeforeAll
  static void open() throws IOException, InterruptedException {
    if (Namespaces.isAvailable()) {
      System.setProperty("kog.rdma.provider", "tcp");
    }
    Path folder = Files.createTempDirectory("kog-faults");
    home = folder;
    ground = FaultGround.open(folder.resolve("home"));
  }

  @AfterAll
  static void close() throws IOException {
    if (ground != null) {
      ground.close();
    }
    if (home != null) {
      Folders.delete(home);
    }
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  @Timeout(300)
  void oneFaultBreaksNoPromise(Fault fault) throws Exception {
    FaultGround open = ground;
    if (open == null) {
      throw new IllegalStateException("no cluster");
    }
    String only = System.getProperty("faults.faults", fault.name());
    assumeTrue(List.of(only.split(",", -1)).contains(fault.name()), "only " + only);
    String obstacle = fault.obstacle(open);
    assumeTrue(obstacle.isEmpty(), obstacle);
    Path kept = Path.of("target", "faults", fault.name()).toAbsolutePath();
    new Scenario(FIRST_SEED + fault.ordinal(), List.of(fault)).run(open, kept);
  }
}
