package io.kogluktualuk.fabric.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.store.MemoryStore;
import io.kogluktualuk.memnode.store.StateFolder;
import io.kogluktualuk.memnode.store.StoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FsckCommandTest {

  private final Path folder;
  private final CliRun kog;

  FsckCommandTest(@TempDir Path folder) {
    this.folder = folder;
    this.kog = new CliRun(folder);
  }

  @Test
  void saysWhatIsDamagedAndMendsItWhenAsked() throws IOException {
    Path node = folder.resolve("node");
    StoreSettings settings = StoreSettings.of(ByteCount.mebibytes(16), 10);
    try (StateFolder state = StateFolder.open(node, "boot", "id")) {
      MemoryStore.open(state, settings, System::nanoTime, InstantSource.system(), 1).close();
    }
    CliRun.Result intact = kog.run("fsck", "node");
    assertEquals(0, intact.exit(), intact.err());
    assertTrue(intact.out().contains("intact: 0 blobs"), intact.out());
    Files.writeString(node.resolve("holdings"), "regions 1");
    CliRun.Result damaged = kog.run("fsck", "node", "--json");
    assertEquals(ExitCode.CORRUPTION.code(), damaged.exit(), damaged.err());
    assertTrue(damaged.out().contains("region-0000 is missing"), damaged.out());
    CliRun.Result repaired = kog.run("fsck", "node", "--repair");
    assertEquals(0, repaired.exit(), repaired.err());
    assertTrue(repaired.out().contains("repaired"), repaired.out());
    assertEquals(0, kog.run("fsck", "node").exit());
  }

  @Test
  void anotherFolderIsNotChecked() {
    CliRun.Result result = kog.run("fsck", ".");
    assertEquals(ExitCode.NOT_FOUND.code(), result.exit());
    assertTrue(result.err().contains("node-id"), result.err());
  }
}
