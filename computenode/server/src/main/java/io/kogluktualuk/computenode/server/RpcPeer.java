package io.kogluktualuk.computenode.server;

import io.kogluktualuk.computenode.api.ComputeMethods;
import io.kogluktualuk.computenode.api.ExecuteReply;
import io.kogluktualuk.computenode.api.ExecuteRequest;
import io.kogluktualuk.computenode.api.HandedOver;
import io.kogluktualuk.computenode.api.Progress;
import io.kogluktualuk.computenode.api.ProgressRequest;
import io.kogluktualuk.computenode.api.RunId;
import io.kogluktualuk.computenode.api.WaitNews;
import io.kogluktualuk.computenode.runtime.transaction.Peer;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.PeerName;
import io.kogluktualuk.rdma.transport.rpc.RpcClient;
import io.kogluktualuk.rdma.transport.rpc.RpcSecurity;
import java.net.InetSocketAddress;
import java.time.Duration;

/// Another compute node, over its control calls.
///
/// **Threading:** safe for any number of threads. **Ownership:** owns its channel.
final class RpcPeer implements Peer, AutoCloseable {

  /// Progress is for people, who would rather see the rest than wait.
  private static final Duration PROGRESS_MAX = Duration.ofMillis(500);

  private static final Duration CANCEL_MAX = Duration.ofSeconds(5);

  private final String name;
  private final InetSocketAddress address;
  private final Channel channel;

  RpcPeer(String name, InetSocketAddress address, RpcSecurity security) {
    this.name = name;
    this.address = address;
    this.channel = RpcClient.open(address, security.expecting(PeerName.Role.COMPUTE));
  }

  @Override
  public String name() {
    return name;
  }

  InetSocketAddress address() {
    return address;
  }

  @Override
  public ExecuteReply execute(ExecuteRequest request, Deadline deadline) {
    return channel.call(ComputeMethods.EXECUTE, request, deadline);
  }

  @Override
  public Progress progress(RunId run) {
    return channel.call(
        ComputeMethods.PROGRESS, new ProgressRequest(run, true), Deadline.after(PROGRESS_MAX));
  }

  @Override
  public Progress share(RunId run) {
    return channel.call(ComputeMethods.SHARE, run, Deadline.after(PROGRESS_MAX));
  }

  @Override
  public void drop(HandedOver handed) {
    channel.call(ComputeMethods.DROP, handed, Deadline.after(CANCEL_MAX));
  }

  @Override
  public void cancel(RunId run) {
    channel.call(ComputeMethods.CANCEL, run, Deadline.after(CANCEL_MAX));
  }

  @Override
  public void tell(WaitNews news) {
    channel.call(ComputeMethods.WAITS, news, Deadline.after(PROGRESS_MAX));
  }

  @Override
  public void close() {
    channel.close();
  }
}
