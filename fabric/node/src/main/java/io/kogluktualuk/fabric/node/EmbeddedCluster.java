package io.kogluktualuk.fabric.node;

import io.kogluktualuk.computenode.server.ComputeServer;
import io.kogluktualuk.computenode.server.ComputeSettings;
import io.kogluktualuk.computenode.vm.run.Vm;
import io.kogluktualuk.computenode.vm.run.VmSettings;
import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.controlplane.client.ControlLink;
import io.kogluktualuk.controlplane.server.ControlServer;
import io.kogluktualuk.controlplane.server.ControlSettings;
import io.kogluktualuk.fabric.client.ClusterFile;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.OpenParts;
import io.kogluktualuk.fabric.node.config.MemoryConfig;
import io.kogluktualuk.fabric.node.config.NodeRole;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.memnode.server.MemoryServer;
import io.kogluktualuk.memnode.server.MemorySettings;
import io.kogluktualuk.rdma.transport.rpc.RpcSecurity;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A whole fabric in one process: real servers, each on its own port, started in order and
/// stopped in reverse.
///
/// **Threading:** any thread. **Ownership:** closing it stops the servers; their state stays in
/// the folder and the next cluster on that folder goes on with it.
public final class EmbeddedCluster implements AutoCloseable {

  private static final Duration READY_WITHIN = Duration.ofSeconds(30);
  private static final long LOOK_EVERY_NANOS = 2_000_000;

  /// Compute nodes find each other with their heartbeats, and the start waits for it.
  private static final Duration COMPUTE_HEARTBEAT = Duration.ofMillis(250);

  private final Path folder;
  private final OpenParts opened = new OpenParts("the cluster");
  private final List<ServedNode> nodes = new CopyOnWriteArrayList<>();
  private final Set<NodeId> compute = new HashSet<>();

  private @Nullable ClusterTrust trust;

  private EmbeddedCluster(Path folder) {
    this.folder = folder;
  }

  /// Starts a cluster and returns when it can be used.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Conflict when the folder or a port is in use
  public static EmbeddedCluster open(ClusterSettings settings) {
    EmbeddedCluster cluster = new EmbeddedCluster(settings.folder());
    try {
      cluster.start(settings);
      return cluster;
    } catch (IOException e) {
      RuntimeException fault = FolderFaults.of(settings.folder(), e);
      cluster.opened.closeBecause(fault);
      throw fault;
    } catch (RuntimeException e) {
      cluster.opened.closeBecause(e);
      throw e;
    }
  }

  /// Tells early, before anything is touched, what [#open] would tell.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Conflict when a cluster runs on that folder
  public static void requireUnused(Path folder) {
    FolderLock.acquire(folder).close();
  }

  /// Where the control plane answers.
  public InetSocketAddress control() {
    return nodes.getFirst().address();
  }

  /// Where each control node answers.
  public List<InetSocketAddress> controls() {
    return nodes.stream()
        .filter(node -> node.role().equals("control"))
        .map(ServedNode::address)
        .toList();
  }

  /// The servers, in the order they were started.
  public List<ServedNode> nodes() {
    return List.copyOf(nodes);
  }

  public Path folder() {
    return folder;
  }

  /// With what a client proves who it is; null when it need not.
  public @Nullable Path identity() {
    return trust == null ? null : trust.client();
  }

  private RpcSecurity security(ClusterSettings settings, String name) {
    return trust == null ? RpcSecurity.NONE : NodeSecurity.of(trust.certify(name, settings.host()));
  }

  private void start(ClusterSettings settings) throws IOException {
    opened.add(FolderLock.acquire(folder));
    Carriers.provide(settings.computeNodes() * settings.slots());
    // One that was killed has left its file behind.
    Files.deleteIfExists(folder.resolve(ClusterFile.NAME));
    FormerNodes.requireSameControlNodes(folder, settings.controlNodes());
    startControl(settings);
    List<BooleanSupplier> enrolled = new ArrayList<>();
    int memoryNodes = // A folder that once had more memory nodes keeps them: they hold blobs.
        Math.max(settings.memoryNodes(), FormerNodes.count(folder, NodeRole.MEMORY));
    List<Tenant> tenants = tenants(settings, memoryNodes);
    for (int number = 1; number <= memoryNodes; number++) {
      enrolled.add(startMemory(settings, "memory-" + number, tenants));
    }
    Vm vm = Vm.open(VmSettings.defaults().withDiskCache(folder.resolve("modules")));
    opened.add(vm);
    for (int number = 1; number <= settings.computeNodes(); number++) {
      enrolled.add(startCompute(settings, "compute-" + number, vm));
    }
    forgetFormerComputeNodes();
    await(enrolled);
    opened.add(() -> Files.deleteIfExists(folder.resolve(ClusterFile.NAME)));
    ClusterFile.ofThisProcess(controls(), identity()).write(folder);
  }

  /// Several control nodes start at the same time: each waits until they have a leader.
  private void startControl(ClusterSettings settings) throws IOException {
    String cluster = FolderIdentity.of(folder);
    trust = settings.isSecured() ? ClusterTrust.open(settings, cluster) : null;
    List<ControlSettings> all = ControlGroup.of(settings, cluster, trust);
    List<ControlServer> servers = ControlGroup.open(all);
    for (int i = 0; i < servers.size(); i++) {
      opened.add(servers.get(i));
      nodes.add(new ServedControl(all.get(i).log().nodeId(), servers.get(i)));
    }
  }

  private BooleanSupplier startMemory(ClusterSettings settings, String name, List<Tenant> tenants) {
    ByteCount capacity = settings.memoryCapacity();
    MemoryServer server =
        MemoryServer.open(
            MemorySettings.of(
                    folder.resolve(name),
                    name,
                    new InetSocketAddress(settings.host(), 0),
                    capacity,
                    MemoryConfig.indexBlobsFor(capacity),
                    controls())
                .withTenants(tenants)
                .withSecurity(security(settings, name)));
    opened.add(server);
    nodes.add(new ServedMemory(name, server));
    return server::isEnrolled;
  }

  private BooleanSupplier startCompute(ClusterSettings settings, String name, Vm vm) {
    ComputeServer server =
        ComputeServer.open(
            ComputeSettings.of(
                    folder.resolve(name),
                    name,
                    new InetSocketAddress(settings.host(), 0),
                    controls(),
                    settings.slots())
                .withCache(settings.computeCache())
                .withKept(settings.computeKept())
                .withHeartbeat(COMPUTE_HEARTBEAT)
                .withAnswerHold(settings.answerHold())
                // They share one machine, so each module is compiled once anyway.
                .withSharedCode(false)
                .withSecurity(security(settings, name)),
            vm);
    opened.add(server);
    compute.add(server.id());
    nodes.add(new ServedCompute(name, server));
    return () -> server.isEnrolled() && server.peers() >= settings.computeNodes() - 1;
  }

  /// Compute nodes that the folder had before and has no more hold nothing: nobody need wait for
  /// them.
  private void forgetFormerComputeNodes() {
    Deadline deadline = Deadline.after(READY_WITHIN);
    try (Channel channel = ControlLink.open(controls(), NodeSecurity.of(identity()))) {
      ControlClient client = new ControlClient(channel, deadline.remaining());
      client.members().members().stream()
          .map(Member::info)
          .filter(info -> info.role() == Role.COMPUTE && !compute.contains(info.id()))
          .forEach(info -> client.forget(info.id()));
    }
  }

  /// Those asked for and, likewise, those that the folder once had.
  static List<Tenant> tenants(ClusterSettings settings, int memoryNodes) throws IOException {
    Set<Tenant> tenants = new TreeSet<>(settings.tenants());
    for (int number = 1; number <= memoryNodes; number++) {
      tenants.addAll(MemorySettings.formerTenants(settings.folder().resolve("memory-" + number)));
    }
    return List.copyOf(tenants);
  }

  private static void await(List<BooleanSupplier> enrolled) {
    Deadline deadline = Deadline.after(READY_WITHIN);
    while (!enrolled.stream().allMatch(BooleanSupplier::getAsBoolean)) {
      if (deadline.hasPassed()) {
        throw new DeadlineExceeded(
            "not all nodes have joined the control plane within "
                + READY_WITHIN.toSeconds()
                + " s");
      }
      LockSupport.parkNanos(LOOK_EVERY_NANOS);
    }
  }

  /// Stops what has been started, the last first. Everything is stopped even if something fails.
  @Override
  public void close() {
    opened.close();
  }
}
