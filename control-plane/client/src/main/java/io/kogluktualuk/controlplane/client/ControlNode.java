package io.kogluktualuk.controlplane.client;

import io.kogluktualuk.fabric.rpc.Channel;
import java.net.InetSocketAddress;

/// One control node as a client sees it: its address, the channel to it, and when it last failed.
///
/// **Threading:** any thread. **Ownership:** the channel belongs to the [ControlLink].
final class ControlNode {

  private final InetSocketAddress address;
  private final Channel channel;

  /// On the monotonic clock; of use only while `hasFailed`.
  private volatile long failedAtNanos;

  private volatile boolean hasFailed;

  ControlNode(InetSocketAddress address, Channel channel) {
    this.address = address;
    this.channel = channel;
  }

  InetSocketAddress address() {
    return address;
  }

  Channel channel() {
    return channel;
  }

  void answered() {
    if (hasFailed) {
      hasFailed = false;
    }
  }

  void failed(long nowNanos) {
    failedAtNanos = nowNanos;
    hasFailed = true;
  }

  /// Whether it failed so lately that others are asked first.
  boolean isSuspect(long nowNanos, long forNanos) {
    return hasFailed && nowNanos - failedAtNanos < forNanos;
  }
}
