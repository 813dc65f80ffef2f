package io.kogluktualuk.rdma.ibverbs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the kernel's files say, in the form a guest with Soft-RoCE and a host with an InfiniBand
/// adapter have them.
class SysDevicesTest {

  @TempDir Path folder = Path.of("");

  private void file(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text + "\n");
  }

  @Test
  void aHostWithoutDevicesHasNone() {
    assertEquals(List.of(), new SysDevices(folder.resolve("nothing")).list());
    assertEquals(List.of(), new SysDevices(folder).list());
  }

  @Test
  void softRoceIsReadWhole() throws IOException {
    file("rxe0/node_type", "1: CA");
    file("rxe0/node_guid", "b0f2:32ff:fe5c:0a01");
    file("rxe0/fw_ver", "");
    file("rxe0/ports/1/state", "4: ACTIVE");
    file("rxe0/ports/1/phys_state", "5: LinkUp");
    file("rxe0/ports/1/link_layer", "Ethernet");
    file("rxe0/ports/1/lid", "0x0");
    file("rxe0/ports/1/rate", "2.5 Gb/sec (1X SDR)");
    file("rxe0/ports/1/gids/0", "fe80:0000:0000:0000:b0f2:32ff:fe5c:0a01");
    file("rxe0/ports/1/gids/1", "0000:0000:0000:0000:0000:ffff:0a4d:0001");
    file("rxe0/ports/1/gids/2", "0000:0000:0000:0000:0000:0000:0000:0000");
    file("rxe0/ports/1/gid_attrs/types/1", "RoCE v2");
    file("rxe0/ports/1/gid_attrs/ndevs/1", "dummy0");
    RdmaDevice device = new SysDevices(folder).list().getFirst();
    assertEquals("rxe0", device.name());
    assertEquals("RoCE", device.transport());
    assertEquals("b0f2:32ff:fe5c:0a01", device.nodeGuid());
    assertNull(device.limits());
    assertTrue(device.isActive());
    RdmaDevice.Port port = device.ports().getFirst();
    assertEquals("LinkUp", port.physicalState());
    assertEquals(2, port.gids().size());
    assertEquals(
        new RdmaDevice.Gid(1, "0000:0000:0000:0000:0000:ffff:0a4d:0001", "RoCE v2", "dummy0"),
        port.gids().get(1));
  }

  @Test
  void aPortThatIsDownIsNotActive() throws IOException {
    file("mlx5_0/node_type", "1: CA");
    file("mlx5_0/ports/1/state", "1: DOWN");
    file("mlx5_0/ports/1/link_layer", "InfiniBand");
    file("mlx5_0/ports/1/lid", "0x1f");
    file("mlx5_0/ports/2/state", "");
    file("mlx5_0/ports/junk/state", "4: ACTIVE");
    RdmaDevice device = new SysDevices(folder).list().getFirst();
    assertEquals("InfiniBand", device.transport());
    assertEquals(2, device.ports().size());
    assertEquals(31, device.ports().getFirst().lid());
    assertFalse(device.isActive());
  }
}
