package io.kogluktualuk.fabric.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.node.config.ConfigFile;
import io.kogluktualuk.fabric.node.config.ControlConfig;
import io.kogluktualuk.fabric.node.config.Loaded;
import io.kogluktualuk.fabric.node.config.MemoryConfig;
import io.kogluktualuk.fabric.node.config.NodeConfig;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.Tenant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The files that `kog up` writes are configurations, and stay what they were where they must.
final class NodeFilesTest {

  private final Path home;

  NodeFilesTest(@TempDir Path folder) {
    this.home = folder.resolve("home");
  }

  @Test
  void eachNodeGetsAConfiguration() {
    NodeFiles files = write(settings());
    assertEquals(
        List.of("control-1", "control-2", "control-3", "memory-1", "memory-2", "compute-1"),
        files.nodes().stream().map(NodeFiles.Planned::name).toList());
    for (NodeFiles.Planned node : files.nodes()) {
      NodeConfig config = load(node.file());
      assertEquals(node.name(), config.shared().name());
      assertEquals(node.role(), config.role());
      assertEquals(home.resolve(node.name()), config.shared().folder());
      assertEquals(3, config.shared().controlNodes().size());
    }
    ControlConfig control = (ControlConfig) load(home.resolve("control-2/kog.conf"));
    assertEquals(files.controls().get(1).getPort(), control.shared().callsPort());
    assertEquals(3, control.peers().size());
    MemoryConfig memory = (MemoryConfig) load(home.resolve("memory-1/kog.conf"));
    assertEquals(ByteCount.mebibytes(64), memory.capacity());
    assertEquals(List.of(new Tenant("team")), memory.tenants());
  }

  @Test
  void portsAndMemoryNodesStayAndWhatIsOwnedIsLeft() throws IOException {
    NodeFiles first = write(settings());
    Path own = home.resolve("compute-1/kog.conf");
    String changed = Files.readString(own).replaceFirst("^#.*\n", "") + "log.format = json\n";
    Files.writeString(own, changed);
    NodeFiles second = write(settings().withMemory(1, ByteCount.mebibytes(128)));
    assertEquals(first.controls(), second.controls());
    assertEquals(first.nodes(), second.nodes());
    assertEquals(changed, Files.readString(own));
    MemoryConfig memory = (MemoryConfig) load(home.resolve("memory-2/kog.conf"));
    assertEquals(ByteCount.mebibytes(128), memory.capacity());
  }

  @Test
  void damagedPortsAreSaidSo() throws IOException {
    Files.createDirectories(home);
    for (String wrong : List.of("x", "0", "70000", "")) {
      Files.writeString(home.resolve("control.ports"), "20000\n" + wrong + "\n");
      Corruption fault = assertThrows(Corruption.class, () -> write(settings()));
      assertTrue(String.valueOf(fault.getMessage()).contains("control.ports"));
    }
  }

  private ClusterSettings settings() {
    return ClusterSettings.of(home)
        .withControlNodes(3)
        .withMemory(2, ByteCount.mebibytes(64))
        .withCompute(1, 1)
        .withTenants(List.of(new Tenant("team")));
  }

  private static NodeFiles write(ClusterSettings settings) {
    return NodeFiles.write(settings, "auto", _ -> settings.host());
  }

  private static NodeConfig load(Path file) {
    return switch (ConfigFile.load(file, Map.of())) {
      case Loaded.Valid(NodeConfig config, String _) -> config;
      case Loaded.Invalid(var problems) -> throw new AssertionError(problems);
    };
  }
}
