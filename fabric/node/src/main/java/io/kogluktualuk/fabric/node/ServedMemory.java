package io.kogluktualuk.fabric.node;

import io.kogluktualuk.fabric.node.config.HostPort;
import io.kogluktualuk.fabric.node.config.MemoryConfig;
import io.kogluktualuk.fabric.node.config.SharedConfig;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.PeerName;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.MemoryStatus;
import io.kogluktualuk.memnode.server.MemoryServer;
import io.kogluktualuk.memnode.server.MemorySettings;
import io.kogluktualuk.memnode.store.StoreSettings;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/// A memory node, seen by whoever operates it.
///
/// **Threading:** any thread. **Ownership:** of the server.
record ServedMemory(String name, MemoryServer server) implements ServedNode {

  static ServedMemory open(MemoryConfig config) {
    return new ServedMemory(config.shared().name(), MemoryServer.open(settings(config)));
  }

  static MemorySettings settings(MemoryConfig config) {
    SharedConfig shared = config.shared();
    return new MemorySettings(
        shared.folder(),
        shared.name(),
        new InetSocketAddress(shared.bind(), shared.callsPort()),
        config.dataPort(),
        store(config),
        config.weight(),
        shared.controlNodes().stream().map(HostPort::resolve).toList(),
        config.heartbeat(),
        config.tenants(),
        config.readKeys(),
        NodeSecurity.of(shared, PeerName.Role.MEMORY),
        config.repair(),
        config.keeping());
  }

  private static StoreSettings store(MemoryConfig config) {
    StoreSettings store =
        StoreSettings.of(config.capacity(), config.indexBlobs())
            .withMemory(config.tier())
            .withWindowLifetime(config.windowLifetime());
    ByteCount windows = config.windowSize();
    return windows == null ? store : store.withWindows(windows.bytes());
  }

  @Override
  public String role() {
    return "memory";
  }

  @Override
  public InetSocketAddress address() {
    return server.address();
  }

  @Override
  public Health health() {
    boolean isEnrolled = server.isEnrolled();
    return new Health(
        List.of(
            new Health.Check(name, "store", true, server.status().blobs() + " blobs are open"),
            new Health.Check(
                name,
                "enrolled",
                isEnrolled,
                isEnrolled ? "a member" : "the control plane does not answer")));
  }

  @Override
  public List<Sample> samples() {
    List<Sample> all = new ArrayList<>(occupancy(server.status()));
    all.addAll(KeepingSamples.of(server.keeping()));
    return all;
  }

  @Override
  public List<Spread> spreads() {
    return KeepingSamples.spreads(server.keeping());
  }

  private static List<Sample> occupancy(MemoryStatus s) {
    return List.of(
        Sample.gauge("kog_memory_capacity_bytes", "The most bytes it may hold", s.capacityBytes()),
        Sample.gauge("kog_memory_used_bytes", "Bytes taken, with alignment", s.usedBytes()),
        Sample.gauge("kog_memory_blob_bytes", "Bytes of the sealed blobs", s.blobBytes()),
        Sample.gauge("kog_memory_blobs", "Sealed blobs", s.blobs()),
        Sample.gauge(
            "kog_memory_index_blobs_max", "Blobs the index is made for", s.indexBlobsMax()),
        Sample.gauge("kog_memory_windows_open", "Write windows handed out", s.windowsOpen()),
        Sample.gauge(
            "kog_memory_dropped_at_start", "Blobs not found intact at the last start", s.dropped()),
        Sample.counter("kog_memory_sealed", "Blobs sealed since the start", s.sealed()),
        Sample.counter("kog_memory_sealed_bytes", "Their bytes", s.sealedBytes()),
        Sample.counter("kog_memory_refused", "Blobs whose bytes had another hash", s.refused()),
        Sample.gauge(
            "kog_memory_tier_capacity_bytes",
            "What the memory tier takes; 0 with one tier",
            s.tier().capacityBytes()),
        Sample.gauge("kog_memory_tier_used_bytes", "What of it is taken", s.tier().usedBytes()),
        Sample.counter(
            "kog_memory_spilled", "Blobs whose copy in memory made room", s.tier().spilled()),
        Sample.counter("kog_memory_promoted", "Blobs brought back to memory", s.tier().promoted()),
        Sample.counter("kog_memory_calls", "Control calls answered", s.calls()),
        Sample.counter(
            "kog_memory_completions",
            "Completions of the data path's queue pairs; one-sided access makes none",
            s.completions()));
  }

  /// Puts end with their windows, and clients go to another replica: there is nothing to wait for.
  @Override
  public void prepareToStop(Deadline deadline) {}

  @Override
  public void close() {
    server.close();
  }
}
