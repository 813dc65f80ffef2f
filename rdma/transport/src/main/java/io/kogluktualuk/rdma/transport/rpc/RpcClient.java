package io.kogluktualuk.rdma.transport.rpc;

import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.net.InetSocketAddress;

/// Opens channels to [RpcServer]s.
public final class RpcClient {

  private RpcClient() {}

  /// Connects now; after a loss the channel reconnects with the next call.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Unavailable when nobody listens there
  /// @throws io.kogluktualuk.fabric.fault.DeadlineExceeded when the time ran out
  public static Channel connect(InetSocketAddress address, Deadline deadline) {
    throw new UnsupportedOperationException(address + " " + deadline);
  }
}
