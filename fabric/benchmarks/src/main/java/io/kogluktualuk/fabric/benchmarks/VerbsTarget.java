package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.rdma.transport.memory.RegionAccess;
import io.kogluktualuk.rdma.transport.memory.RegionServer;
import io.kogluktualuk.rdma.transport.memory.RemoteRegion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.LogManager;

/// The passive process of the verbs benchmark: publishes one file in memory for reading and
/// writing.
final class VerbsTarget {

  /// Longer than caches, so that walking through it is not warm.
  static final int REGION_BYTES = 64 << 20;

  private VerbsTarget() {}

  /// @param args the file; made here
  public static void main(String[] args) throws IOException {
    LogManager.getLogManager().reset();
    Path file = Path.of(args[0]);
    Files.write(file, content());
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (RegionServer server = RegionServer.open(any)) {
      RemoteRegion region =
          server.registerFile(file, 0, REGION_BYTES, RegionAccess.READ_WRITE).remote();
      String greeting =
          "%d %d %d".formatted(server.address().getPort(), region.address(), region.rkey());
      AgentLoop.run(greeting, VerbsTarget::answer);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /// What byte `index` of the region holds at the start.
  static byte pattern(long index) {
    return (byte) (index * 31 + (index >> 12));
  }

  private static byte[] content() {
    byte[] content = new byte[REGION_BYTES];
    for (int i = 0; i < content.length; i++) {
      content[i] = pattern(i);
    }
    return content;
  }

  private static long answer(String operation, int bytes, int times) {
    return switch (operation) {
      case "allocated" -> Allocation.ofThisProcess();
      default -> throw new IllegalArgumentException(operation);
    };
  }
}
