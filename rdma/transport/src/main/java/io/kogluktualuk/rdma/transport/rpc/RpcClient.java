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
    RpcChannel channel = new RpcChannel(address);
    channel.open(deadline);
    return channel;
  }

  /// A channel that connects with its first call: for peers that may not be up yet.
  public static Channel open(InetSocketAddress address) {
    return new RpcChannel(address);
  }
}
