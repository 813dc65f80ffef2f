package io.kogluktualuk.memnode.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.fabric.units.ByteCount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Stops machine or process at any moment, on a disk that loses what was not synced: what was
/// acknowledged is there, after a stop of the machine if it was durable, and what is there has the
/// right bytes, terms and pins.
///
/// `-Dcrash.seeds=N` runs more of them.
class CrashTest {

  private static final Path IN_MEMORY = Path.of("/dev/shm");
  private static final StoreSettings SETTINGS =
      new StoreSettings(
          ByteCount.mebibytes(16), 300, Duration.ofHours(1), 16L << 20, WindowSlots.BYTES_MIN);

  /// No file is used beyond that, but for the long ones.
  private static final long REACH = 1 << 20;

  private static final CrashRun.Lengths SMALL = new CrashRun.Lengths(60_000, 64 << 10, 800 << 10);

  /// Less than all blobs take, and enough for the largest.
  private static final long MEMORY_BYTES = 128 << 10;

  /// A store gets full of these, and blobs are moved.
  private static final CrashRun.Lengths LONG = new CrashRun.Lengths(800_000, 4 << 20, 15 << 20);

  private final DiskMemory memory = new DiskMemory();

  private static int seeds(int usual) {
    return Integer.getInteger("crash.seeds", usual);
  }

  private interface Use {
    void with(CrashRun run) throws Exception;
  }

  private CrashRun run(
      Path folder, boolean hasTiers, CrashRun.Lengths lengths, RandomGenerator random) {
    CrashingDisk disk = new CrashingDisk(folder, memory, lengths == SMALL ? REACH : Long.MAX_VALUE);
    TierSettings tier = new TierSettings(folder.resolve("memory"), ByteCount.mebibytes(8));
    if (lengths == SMALL) {
      disk.limitMemory(MEMORY_BYTES);
    }
    StoreSettings settings = hasTiers ? SETTINGS.withMemory(tier) : SETTINGS;
    return new CrashRun(folder, disk, settings, lengths, random);
  }

  private void with(boolean hasTiers, CrashRun.Lengths lengths, RandomGenerator random, Use use)
      throws Exception {
    Path folder =
        Files.isWritable(IN_MEMORY)
            ? Files.createTempDirectory(IN_MEMORY, "crash")
            : Files.createTempDirectory("crash");
    try (CrashRun run = run(folder, hasTiers, lengths, random)) {
      use.with(run);
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

  @Test
  void whatWasAcknowledgedIsThereAndNothingIsWrong() {
    Seeds.run(
        CrashTest.class,
        seeds(500),
        random -> with(false, SMALL, random, run -> run.live(250, 40)));
  }

  @Test
  void withTwoTiersItIsThereSpilledAndComesBack() {
    long[] sums = new long[2];
    Seeds.run(
        CrashTest.class,
        seeds(500),
        random ->
            with(
                true,
                SMALL,
                random,
                run -> {
                  run.live(250, 40);
                  sums[0] += run.spilled();
                  sums[1] += run.promoted();
                }));
    assertTrue(sums[0] > 0 && sums[1] > 0, sums[0] + " spilled, " + sums[1] + " promoted");
  }

  @Test
  void whileLongBlobsAreMovedItIsThere() {
    long[] moved = new long[1];
    Seeds.run(
        CrashTest.class,
        seeds(24),
        random ->
            with(
                random.nextBoolean(),
                LONG,
                random,
                run -> {
                  run.live(1000, 200);
                  moved[0] += run.moved();
                }));
    assertTrue(moved[0] > 0, "nothing was moved");
  }

  /// The same history again and again, stopped before each change in turn.
  @Test
  void eachChangeMayBeTheLast() {
    Seeds.run(
        CrashTest.class,
        seeds(4),
        random -> {
          long history = random.nextLong();
          boolean hasTiers = random.nextBoolean();
          boolean isMachine = random.nextBoolean();
          boolean[] hasStopped = {true};
          for (int changes = 0; hasStopped[0]; changes++) {
            int last = changes;
            RandomGenerator same = RandomGeneratorFactory.of("L64X128MixRandom").create(history);
            with(hasTiers, SMALL, same, run -> hasStopped[0] = run.live(last, 25, isMachine));
          }
        });
  }

  private static Map<Hash, Blob> blob(int number) {
    Blob blob = Blob.of(("blob " + number).getBytes(StandardCharsets.UTF_8));
    return Map.of(blob.hash(), blob);
  }

  @Test
  void afterADeviceHasFailedNothingIsCalledDurable() throws Exception {
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    with(
        false,
        SMALL,
        random,
        run -> {
          run.put(blob(1), true);
          run.disk().breakDevice();
          assertThrows(Unavailable.class, () -> run.put(blob(2), true));
          run.put(blob(3), false);
          assertThrows(Unavailable.class, run::sync);
        });
  }

  @Test
  void oneSyncServesAllThatWasWrittenBefore() throws Exception {
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    with(
        false,
        SMALL,
        random,
        run -> {
          for (int i = 0; i < 20; i++) {
            run.put(blob(i), false);
          }
          long before = run.store().syncs();
          run.sync();
          run.sync();
          assertEquals(before + 1, run.store().syncs());
        });
  }
}
