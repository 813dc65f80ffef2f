package io.kogluktualuk.fabric.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterFileTest {

  private static final List<InetSocketAddress> CONTROLS =
      List.of(new InetSocketAddress("127.0.0.1", 4711), new InetSocketAddress("127.0.0.1", 4712));

  private final Path folder;

  ClusterFileTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void comesBackAndIsTheOwnersOnly() throws IOException {
    ClusterFile written = ClusterFile.ofThisProcess(CONTROLS, folder.resolve("identity = ü"));
    written.write(folder);
    assertEquals(written, ClusterFile.read(folder));
    assertTrue(written.isRunning());
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(folder.resolve(ClusterFile.NAME))));
  }

  @Test
  void anotherProcessWithTheSameNumberIsNotTheCluster() {
    ClusterFile now = ClusterFile.ofThisProcess(CONTROLS, null);
    ClusterFile before =
        new ClusterFile(now.controls(), now.pid(), now.startedEpochSeconds() - 3600, null);
    assertFalse(before.isRunning());
  }

  @Test
  void aFolderWithoutOneHasNoCluster() {
    Unavailable none = assertThrows(Unavailable.class, () -> ClusterFile.read(folder));
    assertTrue(String.valueOf(none.getMessage()).contains(folder.toString()));
  }

  @Test
  void aDamagedOneIsSaidSo() throws IOException {
    Files.writeString(folder.resolve(ClusterFile.NAME), "control=127.0.0.1:1\n");
    assertThrows(MalformedEncoding.class, () -> ClusterFile.read(folder));
    Files.writeString(folder.resolve(ClusterFile.NAME), "control=127.0.0.1:1\npid=x\nstarted=1\n");
    assertThrows(MalformedEncoding.class, () -> ClusterFile.read(folder));
  }

  @Test
  void addressesHaveHostAndPort() {
    assertEquals(7400, ClusterFile.parseAddress("localhost:7400").getPort());
    assertEquals(CONTROLS, ClusterFile.parseAddresses("127.0.0.1:4711, 127.0.0.1:4712"));
    assertThrows(InvalidArgument.class, () -> ClusterFile.parseAddresses("127.0.0.1:1,"));
    for (String wrong : new String[] {"", "localhost", ":1", "a:b", "a:0", "a:70000", "a:-1"}) {
      assertThrows(InvalidArgument.class, () -> ClusterFile.parseAddress(wrong), wrong);
    }
  }
}
