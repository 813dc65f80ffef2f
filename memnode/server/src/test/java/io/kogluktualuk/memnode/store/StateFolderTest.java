package io.kogluktualuk.memnode.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kogluktualuk.fabric.fault.Conflict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFolderTest {

  private final Path path;

  StateFolderTest(@TempDir Path path) {
    this.path = path;
  }

  @Test
  void keepsItsFirstIdentity() {
    try (StateFolder folder = StateFolder.open(path, "boot-1", "first")) {
      assertEquals("first", folder.nodeId());
    }
    try (StateFolder folder = StateFolder.open(path, "boot-1", "second")) {
      assertEquals("first", folder.nodeId());
    }
  }

  @Test
  void isHeldByOneServerAndSaysByWhich() {
    try (StateFolder folder = StateFolder.open(path, "boot-1", "a")) {
      Conflict conflict = assertThrows(Conflict.class, () -> StateFolder.open(path, "boot-1", "b"));
      String message = String.valueOf(conflict.getMessage());
      assertTrue(message.contains(path.toString()), message);
      assertTrue(message.contains("process " + ProcessHandle.current().pid()), message);
      assertEquals(path, folder.path());
    }
  }

  @Test
  void aNewFolderIsItsOwnersAlone() throws IOException {
    Path fresh = path.resolve("a").resolve("b");
    assumeTrue(fresh.getFileSystem().supportedFileAttributeViews().contains("posix"));
    StateFolder.open(fresh, "boot-1", "a").close();
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(fresh)));
  }

  @Test
  void knowsHowTheLastRunEnded() {
    try (StateFolder folder = StateFolder.open(path, "boot-1", "a")) {
      assertEquals(StateFolder.LastStop.ORDERLY, folder.lastStop());
    }
    try (StateFolder folder = StateFolder.open(path, "boot-1", "a")) {
      assertEquals(StateFolder.LastStop.PROCESS, folder.lastStop());
    }
    try (StateFolder folder = StateFolder.open(path, "boot-2", "a")) {
      assertEquals(StateFolder.LastStop.MACHINE, folder.lastStop());
      folder.markClosed();
    }
    try (StateFolder folder = StateFolder.open(path, "boot-3", "a")) {
      assertEquals(StateFolder.LastStop.ORDERLY, folder.lastStop());
    }
    try (StateFolder folder = StateFolder.open(path, "", "a")) {
      assertEquals(StateFolder.LastStop.MACHINE, folder.lastStop());
    }
    try (StateFolder folder = StateFolder.open(path, "", "a")) {
      assertEquals(StateFolder.LastStop.MACHINE, folder.lastStop(), "an unknown boot may differ");
    }
  }
}
