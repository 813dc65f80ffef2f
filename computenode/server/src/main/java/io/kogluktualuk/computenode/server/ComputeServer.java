package io.kogluktualuk.computenode.server;

import io.kogluktualuk.computenode.api.CancelReply;
import io.kogluktualuk.computenode.api.ComputeMethods;
import io.kogluktualuk.computenode.api.ComputeStatus;
import io.kogluktualuk.computenode.api.HandedOver;
import io.kogluktualuk.computenode.api.Nothing;
import io.kogluktualuk.computenode.api.TraceCounts;
import io.kogluktualuk.computenode.api.WaitNews;
import io.kogluktualuk.computenode.runtime.transaction.Engine;
import io.kogluktualuk.computenode.runtime.transaction.EngineSettings;
import io.kogluktualuk.computenode.vm.run.CodeOrigins;
import io.kogluktualuk.computenode.vm.run.PoolFigures;
import io.kogluktualuk.computenode.vm.run.SharedCode;
import io.kogluktualuk.computenode.vm.run.Vm;
import io.kogluktualuk.computenode.vm.run.VmSettings;
import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.Load;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.api.RequestIds;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.controlplane.client.ControlLeases;
import io.kogluktualuk.controlplane.client.ControlLink;
import io.kogluktualuk.controlplane.client.Enrolment;
import io.kogluktualuk.fabric.fault.OpenParts;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.measure.Distribution;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.MethodTable;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.LeaseSettings;
import io.kogluktualuk.memnode.reader.MemoryNode;
import io.kogluktualuk.memnode.reader.ReaderSettings;
import io.kogluktualuk.rdma.transport.endpoint.VerbsStatus;
import io.kogluktualuk.rdma.transport.rpc.RpcServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A running compute node.
///
/// Programs run on virtual threads, which are not preempted: a JVM with compute nodes needs more
/// of their carriers than slots (`jdk.virtualThreadScheduler.parallelism`), or control calls wait
/// until a program does.
///
/// **Threading:** any thread. **Ownership:** owns everything it opens; [#close] stops answering,
/// leaves the membership's heartbeats, cancels what runs, stores what is done, and lets go of the
/// rest.
public final class ComputeServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ComputeServer.class);

  /// Outputs can be computed again, so one copy is enough.
  private static final int REPLICAS = 1;

  private static final Duration CONTROL_CALL_MAX = Duration.ofSeconds(10);

  private static final int OUTCOMES_MAX = 200_000;

  private final OpenParts opened = new OpenParts("a compute node");

  private final Unrecorded unrecorded = new Unrecorded(System::nanoTime);
  private final NodeId id;
  private final String name;
  private final String host;
  private final Engine engine;
  private final FabricBlobs fabric;
  private final FabricShelf shelf;
  private final Vm vm;
  private final @Nullable ClusterCode code;
  private final RecentHolds holds;
  private final MemberPeers peers;
  private final RpcServer rpc;
  private final Enrolment enrolment;
  private volatile boolean isStopping;

  private ComputeServer(ComputeSettings settings, @Nullable Vm lent) {
    try {
      warnOfFewCarriers(settings);
      NodeFolder folder = opened.add(NodeFolder.open(settings.folder()));
      id = folder.id();
      name = settings.name();
      host = host(settings.bind());
      ControlLink control = opened.add(ControlLink.open(settings.control(), settings.security()));
      fabric =
          opened.add(
              FabricBlobs.open(
                  () -> memoryNodes(new ControlClient(control, CONTROL_CALL_MAX)),
                  ReaderSettings.defaults()
                      .withReplicas(REPLICAS)
                      .withKept(settings.kept().bytes())
                      .withSecurity(settings.security()),
                  new ControlLeases(
                      control, "compute node " + name, new RequestIds(new SecureRandom())),
                  LeaseSettings.defaults().withTtl(settings.lease())));
      holds = opened.add(new RecentHolds(fabric.leases(), settings.answerHold(), System::nanoTime));
      peers = opened.add(new MemberPeers(id, settings.security()));
      vm =
          lent != null
              ? lent
              : opened.add(
                  Vm.open(
                      VmSettings.defaults()
                          .withDiskCache(folder.modules())
                          .withPool(settings.pool(), settings.pooledInstances())));
      shelf = new FabricShelf(fabric);
      code = settings.sharesCode() ? opened.add(clusterCode(control)) : null;
      engine =
          opened.add(
              new Engine(
                  new EngineSettings(
                      settings.name(),
                      settings.slots(),
                      settings.cache().bytes(),
                      OUTCOMES_MAX,
                      EngineSettings.TRIVIAL_MAX),
                  shelf,
                  holds,
                  new ControlIndex(control, settings.name(), unrecorded),
                  peers,
                  vm,
                  code == null ? SharedCode.NONE : code));
      rpc =
          opened.add(
              RpcServer.open(
                  settings.bind(), methods().guardedBy(ComputeRules.rules()), settings.security()));
      enrolment =
          opened.add(
              Enrolment.start(control, self(settings), settings.heartbeat(), this::load, peers));
    } catch (RuntimeException e) {
      opened.closeBecause(e);
      throw e;
    }
  }

  /// Its memos are no outcomes, so they count apart.
  private ClusterCode clusterCode(Channel control) {
    Unrecorded unrecordedCode = new Unrecorded(System::nanoTime);
    return new ClusterCode(name, new ControlIndex(control, name, unrecordedCode), shelf);
  }

  /// Starts a node on its folder. It becomes a member as soon as the control plane answers.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Conflict when another server holds the folder, or the
  ///     port is in use
  public static ComputeServer open(ComputeSettings settings) {
    return new ComputeServer(settings, null);
  }

  /// As [#open(ComputeSettings)], with a machine that several nodes of one process share, so that
  /// each program is compiled once for all of them.
  ///
  /// @param vm lent; closed by its owner after the node
  public static ComputeServer open(ComputeSettings settings, Vm vm) {
    return new ComputeServer(settings, vm);
  }

  private static void warnOfFewCarriers(ComputeSettings settings) {
    int carriers =
        Integer.getInteger(
            "jdk.virtualThreadScheduler.parallelism", Runtime.getRuntime().availableProcessors());
    if (carriers <= settings.slots()) {
      LOG.warn(
          "compute node {}: {} slots and {} carriers of virtual threads: while all slots are busy,"
              + " calls will wait; set jdk.virtualThreadScheduler.parallelism",
          settings.name(),
          settings.slots(),
          carriers);
    }
  }

  private MethodTable methods() {
    return VerbsStatus.addTo(new MethodTable())
        .on(ComputeMethods.RUN, request -> taken(() -> engine.run(request)))
        .on(ComputeMethods.EXECUTE, request -> taken(() -> engine.execute(request)))
        .on(ComputeMethods.HEAL, request -> taken(() -> engine.heal(request)))
        .on(ComputeMethods.PROGRESS, request -> engine.progress(request.run(), request.alone()))
        .on(ComputeMethods.CANCEL, run -> new CancelReply(engine.cancel(run)))
        .on(ComputeMethods.WAITS, this::learned)
        .on(ComputeMethods.SHARE, engine::share)
        .on(ComputeMethods.DROP, this::dropped)
        .on(ComputeMethods.STATUS, _ -> engine.status());
  }

  private Nothing learned(WaitNews news) {
    engine.learn(news);
    return new Nothing();
  }

  private Nothing dropped(HandedOver handed) {
    engine.drop(handed);
    return new Nothing();
  }

  private static List<MemoryNode> memoryNodes(ControlClient control) {
    return MemoryNode.seenAmong(control.members().members());
  }

  private MemberInfo self(ComputeSettings settings) {
    return new MemberInfo(
        Role.COMPUTE,
        id,
        settings.name(),
        host + ":" + rpc.address().getPort(),
        0,
        0,
        settings.slots());
  }

  private Load load() {
    holds.tick();
    ComputeStatus status = engine.status();
    return new Load(status.cachedBytes(), (int) status.running(), (int) status.queued());
  }

  /// The host that others reach this one by.
  private static String host(InetSocketAddress bind) {
    if (!bind.getAddress().isAnyLocalAddress()) {
      return bind.getAddress().getHostAddress();
    }
    try {
      return InetAddress.getLocalHost().getHostAddress();
    } catch (UnknownHostException e) {
      throw new Unavailable("this host does not know its own address; bind to one", e);
    }
  }

  /// How many memory nodes the control plane hears of, as it said at the last heartbeat.
  public int memoryNodes() {
    return peers.memoryNodes();
  }

  /// Outcomes for which the memo index had no room, since the start.
  public long unrecorded() {
    return unrecorded.count();
  }

  /// Of how much use the traces of earlier runs were, since the start.
  public TraceCounts traceCounts() {
    return engine.traceCounts();
  }

  /// Where its modules come from, with those of other nodes that share its machine.
  public CodeOrigins codeOrigins() {
    return vm.origins();
  }

  /// Modules that were compiled here and stored for other nodes, since the start.
  public long codeStored() {
    return code == null ? 0 : code.stored();
  }

  /// What the pool of program instances has done and holds; of the machine that it was lent, if it
  /// was lent one.
  public PoolFigures pool() {
    return vm.pool();
  }

  /// How long storing batches of blobs took since the start.
  public Distribution putTimes() {
    return shelf.putTimes();
  }

  /// How long fetching blobs took since the start.
  public Distribution getTimes() {
    return shelf.getTimes();
  }

  /// Takes a run on, unless the node is draining: then its caller asks another one.
  private <R> R taken(Supplier<R> run) {
    if (isDraining()) {
      throw new Unavailable("compute node " + name + " is draining and takes no runs");
    }
    return run.get();
  }

  /// Takes no more runs. What runs goes on to its end.
  public void stopTaking() {
    isStopping = true;
  }

  /// Whether it takes no more runs: it is about to stop, or its members have agreed that it
  /// drains.
  public boolean isDraining() {
    return isStopping || peers.ownState() == MemberState.DRAINING;
  }

  /// Whether nothing runs or waits here and everything that was computed is stored.
  public boolean isIdle() {
    ComputeStatus status = engine.status();
    return status.running() + status.queued() + status.runs() + status.unpublished() == 0;
  }

  /// What runs transactions here, for callers in this process.
  public Engine engine() {
    return engine;
  }

  /// The identity that it keeps for ever.
  public NodeId id() {
    return id;
  }

  /// Where it answers control calls.
  public InetSocketAddress address() {
    return new InetSocketAddress(host, rpc.address().getPort());
  }

  public ComputeStatus status() {
    return engine.status();
  }

  /// What it has read from and written to memory nodes.
  public FabricBlobs fabric() {
    return fabric;
  }

  /// Whether the control plane has heard of it lately.
  public boolean isEnrolled() {
    return enrolment.isEnrolled();
  }

  /// How many other compute nodes it knows.
  public int peers() {
    return peers.size();
  }

  @Override
  public void close() {
    opened.close();
  }
}
