package io.kogluktualuk.rdma.transport.rpc;

import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.net.InetSocketAddress;
import java.util.SplittableRandom;

/// Opens channels to [RpcServer]s.
public final class RpcClient {

  private RpcClient() {}

  /// Connects now; after a loss the channel reconnects with the next call.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Unavailable when nobody listens there
  /// @throws io.kogluktualuk.fabric.fault.DeadlineExceeded when the time ran out
  public static Channel connect(InetSocketAddress address, Deadline deadline) {
    return connect(address, RpcSettings.defaults(), deadline);
  }

  /// Connects now; both sides prove who they are as this says.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Refused when one side does not want the other
  public static Channel connect(
      InetSocketAddress address, RpcSecurity security, Deadline deadline) {
    return connect(address, RpcSettings.defaults().withSecurity(security), deadline);
  }

  /// Connects now, with a patience of its own.
  public static Channel connect(
      InetSocketAddress address, RpcSettings settings, Deadline deadline) {
    return connect(address, settings, RpcEndpoint.WINDOW, deadline);
  }

  /// @param window must be the server's
  static Channel connect(
      InetSocketAddress address, RpcSettings settings, int window, Deadline deadline) {
    RpcChannel channel = new RpcChannel(address, settings, window, new SplittableRandom());
    channel.open(deadline);
    return channel;
  }

  /// A channel that connects with its first call: for peers that may not be up yet.
  public static Channel open(InetSocketAddress address) {
    return open(address, RpcSettings.defaults());
  }

  /// A channel that connects with its first call; both sides prove who they are as this says.
  public static Channel open(InetSocketAddress address, RpcSecurity security) {
    return open(address, RpcSettings.defaults().withSecurity(security));
  }

  /// A channel that connects with its first call, with a patience of its own.
  public static Channel open(InetSocketAddress address, RpcSettings settings) {
    return new RpcChannel(address, settings, RpcEndpoint.WINDOW, new SplittableRandom());
  }
}
