package io.kogluktualuk.computenode.server;

import io.kogluktualuk.computenode.vm.run.VmSettings;
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
/// @param kept the most bytes of registered memory for blobs that programs read, taken when needed
/// @param pool the most bytes of programs' memories that wait, clean, for the next run
/// @param pooledInstances the most such memories; 0 when each run is to have a new one
/// @param heartbeat how often it gives a sign of life and looks for peers
/// @param lease how long its lease on what it uses lasts without a renewal
/// @param answerHold how long it holds what it has answered, at least; at most twice that
/// @param sharesCode whether it runs what other nodes have compiled, and offers what it has
/// @param security who this node, its callers and those it calls are proven to be
public record ComputeSettings(
    Path folder,
    String name,
    InetSocketAddress bind,
    List<InetSocketAddress> control,
    int slots,
    ByteCount cache,
    ByteCount kept,
    ByteCount pool,
    int pooledInstances,
    Duration heartbeat,
    Duration lease,
    Duration answerHold,
    boolean sharesCode,
    RpcSecurity security) {

  /// As long as a client's first read of an answer may take to begin.
  public static final Duration ANSWER_HOLD = Duration.ofSeconds(20);

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
    if (!answerHold.isPositive()) {
      throw new IllegalArgumentException("answers held for " + answerHold);
    }
  }

  /// A node with an eighth of the heap for its cache, a sixteenth for instances, as much registered
  /// memory, and a heartbeat a second.
  public static ComputeSettings of(
      Path folder,
      String name,
      InetSocketAddress bind,
      List<InetSocketAddress> control,
      int slots) {
    VmSettings machine = VmSettings.defaults();
    return new ComputeSettings(
        folder,
        name,
        bind,
        control,
        slots,
        new ByteCount(Runtime.getRuntime().maxMemory() / 8),
        new ByteCount(Runtime.getRuntime().maxMemory() / 16),
        machine.pooledBytesMax(),
        machine.pooledInstancesMax(),
        HEARTBEAT,
        LeaseSettings.defaults().ttl(),
        ANSWER_HOLD,
        true,
        RpcSecurity.NONE);
  }

  public ComputeSettings withCache(ByteCount bytes) {
    return with(
        bytes, kept, pool, pooledInstances, heartbeat, lease, answerHold, sharesCode, security);
  }

  public ComputeSettings withKept(ByteCount bytes) {
    return with(
        cache, bytes, pool, pooledInstances, heartbeat, lease, answerHold, sharesCode, security);
  }

  public ComputeSettings withPool(ByteCount bytes, int instances) {
    return with(cache, kept, bytes, instances, heartbeat, lease, answerHold, sharesCode, security);
  }

  public ComputeSettings withHeartbeat(Duration every) {
    return with(cache, kept, pool, pooledInstances, every, lease, answerHold, sharesCode, security);
  }

  public ComputeSettings withLease(Duration ttl) {
    return with(
        cache, kept, pool, pooledInstances, heartbeat, ttl, answerHold, sharesCode, security);
  }

  public ComputeSettings withAnswerHold(Duration atLeast) {
    return with(
        cache, kept, pool, pooledInstances, heartbeat, lease, atLeast, sharesCode, security);
  }

  public ComputeSettings withSharedCode(boolean shares) {
    return with(cache, kept, pool, pooledInstances, heartbeat, lease, answerHold, shares, security);
  }

  public ComputeSettings withSecurity(RpcSecurity how) {
    return with(cache, kept, pool, pooledInstances, heartbeat, lease, answerHold, sharesCode, how);
  }

  private ComputeSettings with(
      ByteCount cacheBytes,
      ByteCount keptBytes,
      ByteCount poolBytes,
      int instances,
      Duration every,
      Duration ttl,
      Duration held,
      boolean shares,
      RpcSecurity how) {
    return new ComputeSettings(
        folder,
        name,
        bind,
        control,
        slots,
        cacheBytes,
        keptBytes,
        poolBytes,
        instances,
        every,
        ttl,
        held,
        shares,
        how);
  }
}
