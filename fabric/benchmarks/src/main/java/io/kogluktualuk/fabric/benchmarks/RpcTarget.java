package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.fabric.node.NodeSecurity;
import io.kogluktualuk.rdma.transport.rpc.RpcServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.logging.LogManager;

/// The process that answers control calls, and the peer's messages.
final class RpcTarget {

  private RpcTarget() {}

  /// @param args where to put the Unix socket
  public static void main(String[] args) throws Exception {
    LogManager.getLogManager().reset();
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    InetSocketAddress raw = DarpcEcho.listen(any);
    Path socket = Path.of(args[0]);
    try (RpcServer server = RpcServer.open(any, RpcEcho.methods());
        RpcServer sealed =
            RpcServer.open(any, RpcEcho.methods(), NodeSecurity.of(RpcIdentities.server(socket)));
        UnixEcho echo = UnixEcho.listen(socket)) {
      AgentLoop.run(
          server.address().getPort() + " " + raw.getPort() + " " + sealed.address().getPort(),
          (operation, _, _) -> {
            if (operation.equals("allocated")) {
              return Allocation.ofThisProcess();
            }
            throw new IllegalArgumentException(operation + " of " + echo);
          });
    }
  }
}
