package io.kogluktualuk.fabric.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.units.ByteCount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFolderTest {

  private final Path folder;

  StateFolderTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void aFolderIsLockedOnceAndTheHolderIsNamed() {
    try (FolderLock first = FolderLock.acquire(folder.resolve("new/deep"))) {
      assertTrue(first.toString().length() > 0);
      Conflict second =
          assertThrows(Conflict.class, () -> FolderLock.acquire(folder.resolve("new/deep")));
      String pid = Long.toString(ProcessHandle.current().pid());
      assertTrue(String.valueOf(second.getMessage()).contains("process " + pid), second.toString());
    }
    FolderLock.acquire(folder.resolve("new/deep")).close();
  }

  @Test
  void aFolderThatCannotBeMadeIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    Unavailable refused =
        assertThrows(Unavailable.class, () -> FolderLock.acquire(file.resolve("state")));
    assertTrue(String.valueOf(refused.getMessage()).contains("file"), refused.toString());
  }

  @Test
  void theIdentityStays() throws IOException {
    String identity = FolderIdentity.of(folder);
    assertEquals(identity, FolderIdentity.of(folder));
    Path other = Files.createDirectories(folder.resolve("other"));
    assertNotEquals(identity, FolderIdentity.of(other));
    Files.writeString(folder.resolve("cluster.id"), "scribble");
    assertThrows(Corruption.class, () -> FolderIdentity.of(folder));
  }

  @Test
  void theStandardClusterIsAsDocumented() {
    ClusterSettings standard = ClusterSettings.of(folder);
    assertEquals("127.0.0.1", standard.host());
    assertEquals(0, standard.controlPort());
    assertEquals(2, standard.memoryNodes());
    assertEquals(ByteCount.gibibytes(32), standard.memoryCapacity());
    assertEquals(2, standard.computeNodes());
    int processors = Runtime.getRuntime().availableProcessors();
    assertEquals(Math.max(1, processors / 2), standard.slots());
  }

  @Test
  void everySettingIsTaken() {
    ClusterSettings all =
        ClusterSettings.of(folder)
            .withControlPort(7400)
            .withMemory(3, ByteCount.mebibytes(64))
            .withCompute(4, 5);
    assertEquals(
        new ClusterSettings(folder, "127.0.0.1", 7400, 3, ByteCount.mebibytes(64), 4, 5), all);
  }

  @Test
  void allProblemsAreToldTogether() {
    InvalidArgument refused =
        assertThrows(
            InvalidArgument.class,
            () -> new ClusterSettings(folder, "127.0.0.1", 70_000, 0, new ByteCount(1), 65, 0));
    assertEquals(
        "a cluster cannot have control port 70000, 0 memory nodes, 65 compute nodes, 0 slots,"
            + " capacity 1 B",
        refused.getMessage());
  }
}
