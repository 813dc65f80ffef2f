package io.kogluktualuk.computenode.server;

import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.reader.LeaseSettings;
import io.kogluktualuk.rdma.transport.rpc.RpcSecurity;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Everything a compute node needs to know before it starts.
///
/// @param folder its identity and its compiled modules, held by one server at a time
/// @param name what people call it
/// @param bind where control calls are answered; port 0 picks a free one
/// @param control where the control plane answers, at least one
/// @param slots programs that run at once
/// @param cache the most bytes of blobs kept on the heap
/// @param heartbeat how often it gives a sign of life and looks for peers
/// @param lease how long its lease on what it uses lasts without a renewal
/// @param security who this node, its callers and those it calls are proven to be
public record ComputeSettings(
    Path folder,
    String name,
    InetSocketAddress bind,
    List<InetSocketAddress> control,
    int slots,
    ByteCount cache,
    Duration heartbeat,
    Duration lease,
    RpcSecurity security) {

  private static final Duration HEARTBEAT = Duration.ofSeconds(1);

  public ComputeSettings {
    control = List.copyOf(control);
    if (name.isEmpty() || control.isEmpty()) {
      throw new IllegalArgumentException("a compute node has a name and a control plane");
    }
    if (slots < 1 || slots > 1 << 16) {
      throw new IllegalArgumentException("slots " + slots + " is not in 1..65536");
    }
    if (!heartbeat.isPositive()) {
      throw new IllegalArgumentException("heartbeat every " + heartbeat);
    }
  }

  /// A node with an eighth of the heap for its cache and a heartbeat a second.
  public static ComputeSettings of(
      Path folder,
      String name,
      InetSocketAddress bind,
      List<InetSocketAddress> control,
      int slots) {
    ByteCount cache = new ByteCount(Runtime.getRuntime().maxMemory() / 8);
    return new ComputeSettings(
        folder,
        name,
        bind,
        control,
        slots,
        cache,
        HEARTBEAT,
        LeaseSettings.defaults().ttl(),
        RpcSecurity.NONE);
  }

  public ComputeSettings withCache(ByteCount bytes) {
    return new ComputeSettings(
        folder, name, bind, control, slots, bytes, heartbeat, lease, security);
  }

  public ComputeSettings withHeartbeat(Duration every) {
    return new ComputeSettings(folder, name, bind, control, slots, cache, every, lease, security);
  }

  public ComputeSettings withLease(Duration ttl) {
    return new ComputeSettings(folder, name, bind, control, slots, cache, heartbeat, ttl, security);
  }

  public ComputeSettings withSecurity(RpcSecurity how) {
    return new ComputeSettings(folder, name, bind, control, slots, cache, heartbeat, lease, how);
  }
}
