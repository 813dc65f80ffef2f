package io.kogluktualuk.memnode.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.memnode.api.BlobLocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealLogTest {

  private final Path folder;

  SealLogTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static List<BlobRecord> blobs(int count, RandomGenerator random) {
    List<BlobRecord> blobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Hash hash = Hash.of(Mutations.randomBytes(8, random));
      blobs.add(record(hash, new BlobLocation(i % 3, 64L * i, random.nextInt(4 << 20)), random));
    }
    return blobs;
  }

  private static BlobRecord record(Hash hash, BlobLocation location, RandomGenerator random) {
    Keep keep = new Keep(random.nextInt(2), random.nextInt(256), random.nextInt(1 << 16));
    return switch (random.nextInt(4)) {
      case 0 -> BlobRecord.dropped(hash);
      case 1 -> BlobRecord.pinned(hash, random.nextInt(1, 1000));
      default -> BlobRecord.sealed(hash, location, random.nextLong(1L << 32), keep);
    };
  }

  /// What a log has, as a list.
  private record Contents(List<BlobRecord> blobs, long damaged) {}

  private SealLog open(Path path) {
    return SealLog.open(new FolderDisk(folder), path.getFileName().toString());
  }

  private static Contents load(SealLog log) {
    List<BlobRecord> blobs = new ArrayList<>();
    long damaged = log.load((record, _) -> blobs.add(record));
    return new Contents(blobs, damaged);
  }

  @Test
  void theFieldsTileTheRecord() {
    assertEquals(0, RecordLayout.HASH_OFFSET);
    assertEquals(32, RecordLayout.PLACE_OFFSET);
    assertEquals(40, RecordLayout.LENGTH_OFFSET);
    assertEquals(44, RecordLayout.SEALED_OFFSET);
    assertEquals(48, RecordLayout.NUMBER_OFFSET);
    assertEquals(52, RecordLayout.ACCOUNT_OFFSET);
    assertEquals(54, RecordLayout.CLASS_OFFSET);
    assertEquals(55, RecordLayout.COST_OFFSET);
    assertEquals(56, RecordLayout.KIND_OFFSET);
    assertEquals(60, RecordLayout.CRC_OFFSET);
    assertEquals(64, RecordLayout.BYTES);
  }

  @Test
  void batchesComeBackInOrder() {
    Path path = folder.resolve("log");
    List<BlobRecord> all = blobs(10_000, RandomGenerator.of("L64X128MixRandom"));
    try (SealLog log = open(path)) {
      load(log);
      for (int from = 0; from < all.size(); from += 1000) {
        log.ensureRoom(1000);
        log.append(all.subList(from, from + 1000));
      }
    }
    try (SealLog log = open(path)) {
      Contents contents = load(log);
      assertEquals(all, contents.blobs());
      assertEquals(0, contents.damaged());
      log.append(all.subList(0, 1));
      assertEquals(10_001, log.records());
    }
  }

  @Test
  void aTornTailIsCutAtEveryByte() throws IOException {
    Path path = folder.resolve("torn");
    List<BlobRecord> all = blobs(5, RandomGenerator.of("L64X128MixRandom"));
    try (SealLog log = open(path)) {
      load(log);
      log.append(all);
    }
    byte[] whole = Files.readAllBytes(path);
    for (int length = SealLog.HEADER_BYTES; length < whole.length; length++) {
      Files.write(path, Arrays.copyOf(whole, length));
      try (SealLog log = open(path)) {
        int expected = (length - SealLog.HEADER_BYTES) / RecordLayout.BYTES;
        Contents contents = load(log);
        assertEquals(all.subList(0, expected), contents.blobs());
        assertEquals(0, contents.damaged());
        int torn = length - SealLog.HEADER_BYTES - expected * RecordLayout.BYTES;
        assertTrue(log.tornBytes() <= torn, "what ends in zeros looks shorter");
        assertTrue(log.tornBytes() > 0 || torn < 8, "something torn is seen");
        log.append(all.subList(4, 5));
        assertEquals(expected + 1, load(log).blobs().size());
      }
    }
  }

  @Test
  void aDamagedRecordCostsThatBlobOnly() {
    Seeds.run(
        SealLogTest.class,
        100,
        random -> {
          Path path = Files.createTempFile(folder, "damaged", "");
          List<BlobRecord> all = blobs(20, random);
          try (SealLog log = open(path)) {
            load(log);
            log.append(all);
          }
          byte[] bytes = Files.readAllBytes(path);
          int victim = random.nextInt(19);
          int at = SealLog.HEADER_BYTES + victim * RecordLayout.BYTES + random.nextInt(64);
          bytes[at] ^= (byte) (1 << random.nextInt(8));
          Files.write(path, bytes);
          List<BlobRecord> expected = new ArrayList<>(all);
          expected.remove(victim);
          try (SealLog log = open(path)) {
            Contents contents = load(log);
            assertEquals(expected, contents.blobs());
            assertEquals(1, contents.damaged());
            SealLog fresh = open(folder.resolve("fresh"));
            fresh.append(contents.blobs());
            log.keepAsEvidence();
            log.replaceBy(fresh);
            assertEquals(new Contents(expected, 0), load(log));
            assertArrayEquals(bytes, Files.readAllBytes(folder.resolve(log.name() + ".old")));
          }
        });
  }

  @Test
  void foreignBytesAreNoRecords() {
    Seeds.run(
        SealLogTest.class,
        100,
        random -> {
          Path path = Files.createTempFile(folder, "foreign", "");
          try (SealLog log = open(path)) {
            load(log);
            log.append(blobs(random.nextInt(5), random));
          }
          byte[] whole = Files.readAllBytes(path);
          byte[] tail =
              random.nextBoolean()
                  ? Mutations.randomBytes(random.nextInt(1000), random)
                  : Arrays.copyOfRange(whole, Math.min(64, whole.length), whole.length);
          byte[] longer = Arrays.copyOf(whole, whole.length + tail.length);
          System.arraycopy(tail, 0, longer, whole.length, tail.length);
          Files.write(path, longer);
          try (SealLog log = open(path)) {
            assertEquals((whole.length - 64) / 64, load(log).blobs().size());
          }
        });
  }

  @Test
  void anotherFileIsNotTakenForALog() throws IOException {
    Path path = folder.resolve("other");
    Files.writeString(path, "something else that is longer than a header of 64 bytes would be....");
    assertThrows(Corruption.class, () -> open(path));
  }
}
