package io.kogluktualuk.memnode.server;

import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.memnode.store.DiskMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A whole fabric in one thread, on a virtual clock: see `fabric/docs/SIMULATION.md`.
///
/// `-Dsim.seeds=N` runs more of them.
final class ClusterSim {

  private static final int SEEDS = 1600;

  private static final Path IN_MEMORY = Path.of("/dev/shm");

  private final DiskMemory memory = new DiskMemory();

  @Test
  void whatIsPromisedIsKeptWhateverGoesWrong() {
    Seeds.run(ClusterSim.class, Integer.getInteger("sim.seeds", SEEDS), this::run);
  }

  /// A token that died early ended holds in which its holder still believed.
  @Test
  void aDeadTokenEndsNoHold() throws IOException {
    run(7_040_872);
  }

  /// A node that had started again kept what an earlier process had been given.
  @Test
  void creditsComeBackFromANodeThatHasStartedAgain() throws IOException {
    run(7_040_871);
  }

  /// Surplus copies were charged for ever.
  @Test
  void nothingIsChargedForWhatMayBeEvicted() throws IOException {
    run(7_040_873);
  }

  /// What one node had collected came back from another that had not yet.
  @Test
  void whatACollectionTookStaysGone() throws IOException {
    run(7_041_081);
    run(7_040_901);
  }

  /// A node that had started again while a mark ran took what was put since then for older than
  /// the mark.
  @Test
  void whatWasPutWhileAMarkRunsStays() throws IOException {
    run(7_041_381);
  }

  /// A put that found, when it was sealed, that somebody else had sealed the blob meanwhile, was
  /// acknowledged and left the blob as it was: old, or evictable.
  @Test
  void whoeverSealsFirstWhatIsPutAsASourceIsOne() throws IOException {
    run(7_041_087);
    run(7_041_199);
    run(7_041_235);
  }

  /// What some nodes had laid up of an account's credits stayed there, and one that should have
  /// got copies was refused for ever.
  @Test
  void copiesGetCreditsWhileOthersHaveSomeToSpare() throws IOException {
    run(7_041_512);
    run(7_042_324);
    run(7_042_678);
    run(7_043_382);
  }

  /// A mark that reached nothing told a node that had started again that it begins now: what was
  /// put since it had begun was older than that.
  @Test
  void aMarkBeginsOnce() throws IOException {
    run(7_041_764);
    run(7_042_448);
    run(7_043_149);
  }

  @Test
  void allCopiesComeBack() throws IOException {
    run(7_040_876);
    run(7_040_886);
    run(7_040_930);
  }

  private void run(long seed) throws IOException {
    run(RandomGeneratorFactory.of("L64X128MixRandom").create(seed));
  }

  private void run(RandomGenerator random) throws IOException {
    Path folder =
        Files.isWritable(IN_MEMORY)
            ? Files.createTempDirectory(IN_MEMORY, "cluster-sim")
            : Files.createTempDirectory("cluster-sim");
    try {
      SimulatedFabric fabric = new SimulatedFabric(folder, memory, random);
      try {
        fabric.run();
      } finally {
        fabric.discard();
      }
    } finally {
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> found = Files.walk(folder)) {
      all = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : all) {
      Files.delete(each);
    }
  }
}
