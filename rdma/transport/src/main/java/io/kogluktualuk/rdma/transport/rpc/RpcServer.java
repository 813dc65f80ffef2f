package io.kogluktualuk.rdma.transport.rpc;

import io.kogluktualuk.fabric.rpc.MethodTable;
import java.net.InetSocketAddress;

/// Answers control calls. Handlers run on virtual threads; responses leave in any order.
///
/// **Threading:** any thread.
public final class RpcServer implements AutoCloseable {

  /// Starts to answer. Port 0 picks a free port; [#address] tells which.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Conflict when the port is in use
  public static RpcServer open(InetSocketAddress bind, MethodTable methods) {
    throw new UnsupportedOperationException(bind + " " + methods);
  }

  public InetSocketAddress address() {
    throw new UnsupportedOperationException();
  }

  /// Stops accepting, drops the connections, interrupts the handlers and waits for them.
  @Override
  public void close() {}
}
