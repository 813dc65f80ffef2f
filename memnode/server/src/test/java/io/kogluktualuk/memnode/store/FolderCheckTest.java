package io.kogluktualuk.memnode.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.BlobLocation;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderCheckTest {

  private static final StoreSettings SETTINGS =
      new StoreSettings(ByteCount.mebibytes(48), 200, Duration.ofSeconds(10), 16L << 20);

  private final Path path;

  FolderCheckTest(@TempDir Path path) {
    this.path = path;
  }

  private static CheckFindings check(Path folder, boolean repair) {
    return FolderCheck.check(folder, repair, (_, _) -> {});
  }

  private static List<Blob> fill(Path folder, int count, int length) throws Exception {
    try (OpenStore store = new OpenStore(folder, SETTINGS)) {
      List<Blob> blobs = store.blobs(count, length);
      for (Blob blob : blobs) {
        store.put(List.of(blob), Keep.STANDARD);
      }
      return blobs;
    }
  }

  private static BlobLocation place(Path folder, Blob blob) {
    try (OpenStore store = new OpenStore(folder, SETTINGS)) {
      return store.locate(blob);
    }
  }

  private static void flip(Path file, long at, int bit) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(at);
      int now = bytes.read();
      bytes.seek(at);
      bytes.write(now ^ 1 << bit);
    }
  }

  @Test
  void aWholeFolderIsIntactAndStaysAsItIs() throws Exception {
    fill(path, 20, 5000);
    byte[] log = Files.readAllBytes(path.resolve("sealed.log"));
    CheckFindings findings = check(path, true);
    assertTrue(findings.isIntact(), findings.toString());
    assertFalse(findings.isRepaired());
    assertEquals(20, findings.blobs());
    assertEquals(100_000, findings.bytes());
    assertEquals(20, findings.records());
    assertEquals(List.of(), findings.lines());
    assertEquals(log.length, Files.size(path.resolve("sealed.log")));
    assertFalse(Files.exists(path.resolve("sealed.log.old")));
  }

  @Test
  void aRunningNodesFolderIsLeftAlone() {
    try (OpenStore _ = new OpenStore(path, SETTINGS)) {
      assertThrows(Conflict.class, () -> check(path, false));
    }
  }

  @Test
  void flippedBitsInRegionsAreFoundAndDropped() {
    Seeds.run(
        FolderCheckTest.class,
        20,
        random -> {
          Path folder = Files.createTempDirectory(path, "region");
          List<Blob> blobs = fill(folder, 10, 1 + random.nextInt(5000));
          Blob victim = blobs.get(random.nextInt(10));
          BlobLocation place = place(folder, victim);
          long at = place.offset() + random.nextInt(place.length());
          flip(folder.resolve("region-0000"), at, random.nextInt(8));
          CheckFindings found = check(folder, false);
          assertEquals(1, found.wrongBytes());
          assertEquals(9, found.blobs());
          assertTrue(found.lines().getFirst().contains(victim.hash().toString()));
          assertTrue(check(folder, true).isRepaired());
          assertTrue(check(folder, false).isIntact());
          assertTrue(Files.exists(folder.resolve("sealed.log.old")), "the evidence");
          try (OpenStore store = new OpenStore(folder, SETTINGS)) {
            assertEquals(9, store.store().status().blobs());
          }
        });
  }

  @Test
  void flippedBitsInTheLogAreFoundAndTheRestStays() {
    Seeds.run(
        FolderCheckTest.class,
        20,
        random -> {
          Path folder = Files.createTempDirectory(path, "log");
          fill(folder, 10, 100);
          flip(folder.resolve("sealed.log"), 64 + random.nextInt(9 * 64), random.nextInt(8));
          CheckFindings found = check(folder, false);
          assertEquals(1, found.recordsDamaged());
          assertEquals(9, found.blobs());
          check(folder, true);
          assertTrue(check(folder, false).isIntact());
          try (OpenStore store = new OpenStore(folder, SETTINGS)) {
            assertEquals(9, store.store().status().blobs());
          }
        });
  }

  @Test
  void aTornTailIsNoDamage() throws Exception {
    fill(path, 10, 100);
    Path log = path.resolve("sealed.log");
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
      file.setLength(64 + 9 * 64 + 17);
    }
    CheckFindings found = check(path, false);
    assertTrue(found.isIntact(), "what was torn was never acknowledged as durable");
    assertEquals(9, found.blobs());
  }

  @Test
  void aMissingRegionStopsTheStartUntilItIsGivenUp() throws Exception {
    List<Blob> blobs = new ArrayList<>(fill(path, 9, 3 << 20));
    assertTrue(Files.exists(path.resolve("region-0001")));
    Files.delete(path.resolve("region-0000"));
    Corruption refused =
        assertThrows(Corruption.class, () -> new OpenStore(path, SETTINGS).close());
    assertTrue(String.valueOf(refused.getMessage()).contains("kog fsck"), refused.getMessage());
    CheckFindings found = check(path, false);
    assertEquals(1, found.regionsMissing());
    assertEquals(5, found.outside());
    assertTrue(check(path, true).isRepaired());
    assertTrue(check(path, false).isIntact());
    try (OpenStore store = new OpenStore(path, SETTINGS)) {
      for (Blob blob : blobs.subList(5, 9)) {
        store.assertIntact(blob);
      }
      store.put(blobs.subList(0, 2), Keep.STANDARD);
      store.assertIntact(blobs.getFirst());
    }
  }

  @Test
  void aMissingLogStopsTheStartAsWell() throws Exception {
    fill(path, 3, 100);
    Files.delete(path.resolve("sealed.log"));
    assertThrows(Corruption.class, () -> new OpenStore(path, SETTINGS).close());
    assertTrue(check(path, false).logMissing());
    check(path, true);
    try (OpenStore store = new OpenStore(path, SETTINGS)) {
      assertEquals(0, store.store().status().blobs());
    }
  }

  @Test
  void anotherFileIsNotTakenForALog() throws Exception {
    fill(path, 3, 100);
    Files.writeString(path.resolve("sealed.log"), "something else".repeat(100));
    assertThrows(Corruption.class, () -> check(path, true));
  }
}
