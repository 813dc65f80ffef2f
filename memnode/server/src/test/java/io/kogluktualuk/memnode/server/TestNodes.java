package io.kogluktualuk.memnode.server;

import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseSource;
import io.kogluktualuk.fabric.testkit.RdmaAddress;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.LeaseSettings;
import io.kogluktualuk.memnode.reader.MemoryNode;
import io.kogluktualuk.memnode.reader.NodeState;
import io.kogluktualuk.memnode.reader.ReaderSettings;
import io.kogluktualuk.memnode.repair.RepairSettings;
import io.kogluktualuk.memnode.store.StoreSettings;
import io.kogluktualuk.memnode.store.TierSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// Memory nodes of one test, in this process, over their real transport.
final class TestNodes implements AutoCloseable {

  /// Acts at once, and looks at everything often.
  private static final RepairSettings REPAIR =
      new RepairSettings(2, 1L << 30, Duration.ofSeconds(60), Duration.ZERO);

  private final Path folder;
  private final Map<String, MemoryServer> running = new TreeMap<>();
  private final Map<String, MemoryNode> members = new ConcurrentSkipListMap<>();
  private final List<FabricBlobs> stores = new ArrayList<>();

  TestNodes(Path folder) {
    this.folder = folder;
  }

  static StoreSettings storeOf(long mebibytes) {
    return new StoreSettings(
        ByteCount.mebibytes(mebibytes), 50_000, Duration.ofSeconds(30), 64L << 20);
  }

  static MemorySettings settings(Path folder, String name, int port, StoreSettings store) {
    return new MemorySettings(
        folder,
        name,
        new InetSocketAddress(RdmaAddress.host(), port),
        0,
        store,
        1,
        List.of(),
        Duration.ofMillis(50));
  }

  /// Starts a node, or starts it again.
  MemoryServer start(String name, int port, long mebibytes) {
    return start(name, settings(folder(name), name, port, storeOf(mebibytes)).withRepair(REPAIR));
  }

  /// The same, with another way to look after copies.
  MemoryServer start(String name, RepairSettings repair) {
    return start(name, 0, repair);
  }

  MemoryServer start(String name, int port, RepairSettings repair) {
    return start(name, settings(folder(name), name, port, storeOf(64)).withRepair(repair));
  }

  /// The same, with other ways to keep blobs.
  MemoryServer start(String name, KeepingSettings keeping) {
    return start(
        name, settings(folder(name), name, 0, storeOf(64)).withRepair(REPAIR).withKeeping(keeping));
  }

  private MemoryServer start(String name, MemorySettings settings) {
    MemoryServer server = MemoryServer.open(settings);
    running.put(name, server);
    members.put(name, new MemoryNode(server.id().toString(), server.address(), 1));
    return server;
  }

  /// The same with a memory tier.
  MemoryServer startTiered(String name, int port, long mebibytes, long memoryMebibytes) {
    StoreSettings store =
        storeOf(mebibytes)
            .withMemory(
                new TierSettings(folder.resolve("memory"), ByteCount.mebibytes(memoryMebibytes)));
    return start(name, settings(folder(name), name, port, store).withRepair(REPAIR));
  }

  MemoryServer start(String name) {
    return start(name, 0, 256);
  }

  Path folder(String name) {
    return folder.resolve(name);
  }

  /// Stops a node; it stays a member.
  int stop(String name) {
    MemoryServer server = running.remove(name);
    if (server == null) {
      throw new IllegalStateException(name + " does not run");
    }
    int port = server.address().getPort();
    server.close();
    return port;
  }

  MemoryServer running(String name) {
    return Objects.requireNonNull(running.get(name), name);
  }

  /// Changes what the others know about a member.
  void mark(String name, NodeState state) {
    members.computeIfPresent(
        name, (_, node) -> new MemoryNode(node.id(), node.address(), node.weight(), state));
  }

  /// Tells all nodes who the members are, as the control plane would.
  void tellMembers() {
    running.values().forEach(server -> server.onMembers(List.copyOf(members.values())));
  }

  void forget(String name) {
    members.remove(name);
  }

  /// A fresh reader, as another process would have it.
  FabricBlobs reader(int replicas) {
    return reader(replicas, Duration.ofSeconds(10));
  }

  /// The same, with registered memory for blobs that are lent.
  FabricBlobs keeper(long keptBytes) {
    ReaderSettings settings =
        new ReaderSettings(1, 8, 4, 10_000, Duration.ofMillis(1), Duration.ofSeconds(10))
            .withKept(keptBytes);
    FabricBlobs blobs = FabricBlobs.open(() -> List.copyOf(members.values()), settings);
    stores.add(blobs);
    return blobs;
  }

  /// The same, with another time for each operation.
  FabricBlobs reader(int replicas, Duration timeout) {
    ReaderSettings settings =
        new ReaderSettings(replicas, 8, 4, 10_000, Duration.ofMillis(1), timeout);
    FabricBlobs blobs = FabricBlobs.open(() -> List.copyOf(members.values()), settings);
    stores.add(blobs);
    return blobs;
  }

  /// The same, for a session that can hold blobs, under leases that this test makes.
  FabricBlobs holder(int replicas, LeaseSource leases, Duration ttl) {
    ReaderSettings settings =
        new ReaderSettings(replicas, 8, 4, 10_000, Duration.ofMillis(1), Duration.ofSeconds(20));
    FabricBlobs blobs =
        FabricBlobs.open(
            () -> List.copyOf(members.values()),
            settings,
            leases,
            new LeaseSettings(Account.DEFAULT, ttl, Duration.ofSeconds(10)));
    stores.add(blobs);
    return blobs;
  }

  @Override
  public void close() {
    stores.forEach(FabricBlobs::close);
    running.values().forEach(MemoryServer::close);
  }
}
