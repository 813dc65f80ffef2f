package io.kogluktualuk.fabric.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.openucx.jucx.ucp.UcpContext;
import org.openucx.jucx.ucp.UcpMemMapParams;
import org.openucx.jucx.ucp.UcpMemory;
import org.openucx.jucx.ucp.UcpParams;
import org.openucx.jucx.ucp.UcpWorker;
import org.openucx.jucx.ucp.UcpWorkerParams;

/// The passive process of the peer UCX: memory that UCX has allocated, and so can share.
final class UcxTarget {

  static final int MEMORY_BYTES = 1 << 21;

  private UcxTarget() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    UcpContext context = new UcpContext(new UcpParams().requestRmaFeature());
    UcpWorker worker = context.newWorker(new UcpWorkerParams());
    UcpMemory memory = context.memoryMap(new UcpMemMapParams().allocate().setLength(MEMORY_BYTES));
    Thread progress = new Thread(() -> progress(worker), "ucx-progress");
    progress.setDaemon(true);
    progress.start();
    AgentLoop.run(
        "%s %d %s"
            .formatted(
                hex(worker.getAddress()), memory.getAddress(), hex(memory.getRemoteKeyBuffer())),
        (_, _, _) -> 0);
  }

  /// Connections are set up by both sides; the transfers themselves need no progress here.
  private static void progress(UcpWorker worker) {
    try {
      while (true) {
        if (worker.progress() == 0) {
          Thread.sleep(1);
        }
      }
    } catch (Exception e) {
      throw new IllegalStateException("UCX failed", e);
    }
  }

  static String hex(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  static ByteBuffer buffer(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }
}
