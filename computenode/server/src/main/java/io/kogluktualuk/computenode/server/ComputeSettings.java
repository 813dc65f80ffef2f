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
/// @param sharesCode whether it runs what other nodes have compiled, and offers what it has
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
    boolean sharesCode,
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
        true,
        RpcSecurity.NONE);
  }

  public ComputeSettings withCache(ByteCount bytes) {
    return with(bytes, heartbeat, lease, sharesCode, security);
  }

  public ComputeSettings withHeartbeat(Duration every) {
    return with(cache, every, lease, sharesCode, security);
  }

  public ComputeSettings withLease(Duration ttl) {
    return with(cache, heartbeat, ttl, sharesCode, security);
  }

  public ComputeSettings withSharedCode(boolean shares) {
    return with(cache, heartbeat, lease, shares, security);
  }

  public ComputeSettings withSecurity(RpcSecurity how) {
    return with(cache, heartbeat, lease, sharesCode, how);
  }

  private ComputeSettings with(
      ByteCount bytes, Duration every, Duration ttl, boolean shares, RpcSecurity how) {
    return new ComputeSettings(folder, name, bind, control, slots, bytes, every, ttl, shares, how);
  }
}
