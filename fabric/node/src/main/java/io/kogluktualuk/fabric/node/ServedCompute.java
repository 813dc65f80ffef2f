package io.kogluktualuk.fabric.node;

import io.kogluktualuk.computenode.api.ComputeStatus;
import io.kogluktualuk.computenode.api.TraceCounts;
import io.kogluktualuk.computenode.server.ComputeServer;
import io.kogluktualuk.computenode.server.ComputeSettings;
import io.kogluktualuk.computenode.vm.run.CodeOrigins;
import io.kogluktualuk.computenode.vm.run.PoolFigures;
import io.kogluktualuk.fabric.node.config.ComputeConfig;
import io.kogluktualuk.fabric.node.config.HostPort;
import io.kogluktualuk.fabric.node.config.SharedConfig;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.PeerName;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.reader.ReadCounts;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// A compute node, seen by whoever operates it.
///
/// **Threading:** any thread. **Ownership:** of the server.
record ServedCompute(String name, ComputeServer server) implements ServedNode {

  private static final long LOOK_EVERY_NANOS = 5_000_000;

  static ServedCompute open(ComputeConfig config) {
    ComputeSettings settings = settings(config);
    Carriers.provide(settings.slots());
    return new ServedCompute(config.shared().name(), ComputeServer.open(settings));
  }

  static ComputeSettings settings(ComputeConfig config) {
    SharedConfig shared = config.shared();
    Integer slots = config.slots();
    ComputeSettings settings =
        ComputeSettings.of(
                shared.folder(),
                shared.name(),
                new InetSocketAddress(shared.bind(), shared.callsPort()),
                shared.controlNodes().stream().map(HostPort::resolve).toList(),
                slots == null ? Runtime.getRuntime().availableProcessors() : slots)
            .withHeartbeat(config.heartbeat())
            .withLease(config.lease())
            .withAnswerHold(config.answerHold())
            .withSharedCode(config.sharesCode())
            .withSecurity(NodeSecurity.of(shared, PeerName.Role.COMPUTE));
    ByteCount cache = config.cache();
    ByteCount kept = config.kept();
    ByteCount pool = config.pool() == null ? settings.pool() : config.pool();
    return settings
        .withCache(cache == null ? settings.cache() : cache)
        .withKept(kept == null ? settings.kept() : kept)
        .withPool(pool, config.poolInstances());
  }

  @Override
  public String role() {
    return "compute";
  }

  @Override
  public InetSocketAddress address() {
    return server.address();
  }

  @Override
  public Health health() {
    boolean isEnrolled = server.isEnrolled();
    boolean isDraining = server.isDraining();
    int memoryNodes = server.memoryNodes();
    return new Health(
        List.of(
            new Health.Check(
                name,
                "enrolled",
                isEnrolled,
                isEnrolled ? "a member" : "the control plane does not answer"),
            new Health.Check(
                name, "memory", memoryNodes > 0, memoryNodes + " memory nodes are heard of"),
            new Health.Check(
                name,
                Health.ACCEPTING,
                !isDraining,
                isDraining ? "draining, takes no runs" : "takes runs")));
  }

  @Override
  public List<Sample> samples() {
    ComputeStatus s = server.status();
    TraceCounts traces = server.traceCounts();
    CodeOrigins code = server.codeOrigins();
    PoolFigures pool = server.pool();
    ReadCounts reads = server.fabric().counts();
    return List.of(
        Sample.gauge("kog_compute_slots", "Programs that it runs at a time", s.slots()),
        Sample.gauge("kog_compute_running", "Programs that hold a slot", s.running()),
        Sample.gauge("kog_compute_queued", "Transactions that wait for a slot", s.queued()),
        Sample.gauge("kog_compute_waiting", "Programs that wait for a subtransaction", s.waiting()),
        Sample.gauge("kog_compute_runs", "Runs of clients in progress", s.runs()),
        Sample.gauge("kog_compute_cached_bytes", "Blobs on the heap", s.cachedBytes()),
        Sample.gauge("kog_compute_cached_bytes_max", "The most of them", s.cachedBytesMax()),
        Sample.gauge(
            "kog_compute_kept_bytes",
            "Registered memory for blobs that programs read",
            server.fabric().keptBytes()),
        Sample.counter(
            "kog_compute_kept_hits",
            "Blobs that were still where a read had put them",
            reads.keptHits()),
        Sample.counter(
            "kog_compute_heap_copied_bytes",
            "Bytes of blobs copied from registered memory to the heap",
            reads.copiedBytes()),
        Sample.counter(
            "kog_compute_program_copied_bytes",
            "Bytes of files copied to the memory of programs",
            server.engine().copiedToPrograms()),
        Sample.gauge(
            "kog_compute_unpublished", "Blobs and outcomes not stored yet", s.unpublished()),
        Sample.gauge(
            "kog_compute_draining", "Whether it takes no runs", server.isDraining() ? 1 : 0),
        Sample.counter("kog_compute_programs", "Programs that ran to an outcome", s.ran()),
        Sample.counter("kog_compute_hits", "Outcomes that were known", s.hits()),
        Sample.counter(
            "kog_compute_unrecorded",
            "Outcomes for which the memo index had no room",
            server.unrecorded()),
        Sample.counter(
            "kog_compute_code_compiled", "Modules compiled in this process", code.compiled()),
        Sample.counter(
            "kog_compute_code_from_disk", "Modules compiled by a former process", code.fromDisk()),
        Sample.counter("kog_compute_code_shared", "Modules compiled by other nodes", code.shared()),
        Sample.counter(
            "kog_compute_code_refused", "Code of other nodes that was not used", code.refused()),
        Sample.counter(
            "kog_compute_code_stored", "Modules stored for other nodes", server.codeStored()),
        Sample.counter("kog_compute_failures", "Outcomes that were not a success", s.failures()),
        Sample.counter(
            "kog_compute_trace_walks", "Transactions looked for by earlier traces", traces.walks()),
        Sample.counter("kog_compute_trace_hits", "Those of them that were found", traces.hits()),
        Sample.counter("kog_compute_trace_steps", "Questions asked for it", traces.steps()),
        Sample.counter(
            "kog_compute_pool_hits",
            "Runs that got the memory of a former one, clean",
            pool.hits()),
        Sample.counter("kog_compute_pool_misses", "Runs for which one was made", pool.misses()),
        Sample.gauge("kog_compute_pool_instances", "Memories that wait for a run", pool.waiting()),
        Sample.gauge("kog_compute_pool_bytes", "What they take", pool.bytes()));
  }

  @Override
  public List<Spread> spreads() {
    return List.of(
        new Spread(
            "kog_compute_put_seconds",
            "How long it took to store a batch of blobs",
            server.putTimes()),
        new Spread(
            "kog_compute_get_seconds",
            "How long it took to fetch a blob, or several at once",
            server.getTimes()));
  }

  @Override
  public void prepareToStop(Deadline deadline) {
    server.stopTaking();
    while (!server.isIdle() && !deadline.hasPassed()) {
      LockSupport.parkNanos(LOOK_EVERY_NANOS);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
