package io.kogluktualuk.memnode.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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

  static List<SealedBlob> blobs(int count, RandomGenerator random) {
    List<SealedBlob> blobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Hash hash = Hash.of(Mutations.randomBytes(8, random));
      blobs.add(new SealedBlob(hash, new BlobLocation(i % 3, 64L * i, random.nextInt(4 << 20))));
    }
    return blobs;
  }

  @Test
  void theFieldsTileTheRecord() {
    assertEquals(0, SealRecord.HASH_OFFSET);
    assertEquals(32, SealRecord.REGION_OFFSET);
    assertEquals(36, SealRecord.LENGTH_OFFSET);
    assertEquals(40, SealRecord.OFFSET_OFFSET);
    assertEquals(48, SealRecord.NUMBER_OFFSET);
    assertEquals(56, SealRecord.KIND_OFFSET);
    assertEquals(60, SealRecord.CRC_OFFSET);
    assertEquals(64, SealRecord.BYTES);
  }

  @Test
  void batchesComeBackInOrder() {
    Path path = folder.resolve("log");
    List<SealedBlob> all = blobs(10_000, RandomGenerator.of("L64X128MixRandom"));
    try (SealLog log = SealLog.open(path)) {
      log.load();
      for (int from = 0; from < all.size(); from += 1000) {
        log.ensureRoom(1000);
        log.append(all.subList(from, from + 1000));
      }
    }
    try (SealLog log = SealLog.open(path)) {
      SealLog.Contents contents = log.load();
      assertEquals(all, contents.blobs());
      assertEquals(0, contents.damaged());
      log.append(all.subList(0, 1));
      assertEquals(10_001, log.records());
    }
  }

  @Test
  void aTornTailIsCutAtEveryByte() throws IOException {
    Path path = folder.resolve("torn");
    List<SealedBlob> all = blobs(5, RandomGenerator.of("L64X128MixRandom"));
    try (SealLog log = SealLog.open(path)) {
      log.load();
      log.append(all);
    }
    byte[] whole = Files.readAllBytes(path);
    for (int length = SealLog.HEADER_BYTES; length < whole.length; length++) {
      Files.write(path, Arrays.copyOf(whole, length));
      try (SealLog log = SealLog.open(path)) {
        int expected = (length - SealLog.HEADER_BYTES) / SealRecord.BYTES;
        SealLog.Contents contents = log.load();
        assertEquals(all.subList(0, expected), contents.blobs());
        assertEquals(0, contents.damaged());
        log.append(all.subList(4, 5));
        assertEquals(expected + 1, log.load().blobs().size());
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
          List<SealedBlob> all = blobs(20, random);
          try (SealLog log = SealLog.open(path)) {
            log.load();
            log.append(all);
          }
          byte[] bytes = Files.readAllBytes(path);
          int victim = random.nextInt(19);
          int at = SealLog.HEADER_BYTES + victim * SealRecord.BYTES + random.nextInt(64);
          bytes[at] ^= (byte) (1 << random.nextInt(8));
          Files.write(path, bytes);
          List<SealedBlob> expected = new ArrayList<>(all);
          expected.remove(victim);
          try (SealLog log = SealLog.open(path)) {
            SealLog.Contents contents = log.load();
            assertEquals(expected, contents.blobs());
            assertEquals(1, contents.damaged());
            log.rewrite(contents.blobs());
            assertEquals(new SealLog.Contents(expected, 0), log.load());
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
          try (SealLog log = SealLog.open(path)) {
            log.load();
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
          try (SealLog log = SealLog.open(path)) {
            assertEquals((whole.length - 64) / 64, log.load().blobs().size());
          }
        });
  }

  @Test
  void anotherFileIsNotTakenForALog() throws IOException {
    Path path = folder.resolve("other");
    Files.writeString(path, "something else that is longer than a header of 64 bytes would be....");
    assertThrows(Corruption.class, () -> SealLog.open(path));
  }
}
