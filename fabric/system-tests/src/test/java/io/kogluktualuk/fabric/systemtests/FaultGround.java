package io.kogluktualuk.fabric.systemtests;

import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.controlplane.api.Nothing;
import io.kogluktualuk.controlplane.api.PlaneStatus;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.ClusterFile;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.config.NodeRole;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.rdma.transport.rpc.RpcClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A cluster that faults can be done to: three control nodes, three memory nodes, two compute
/// nodes, each in a namespace of its own if this process may make them; `memory-3` and
/// `control-3` on small disks of their own; control and memory nodes with [Dials].
///
/// **Threading:** one thread. **Ownership:** owns the cluster, its disks and a session.
final class FaultGround implements AutoCloseable {

  private static final Duration HEALTHY_WITHIN = Duration.ofSeconds(30);
  private static final List<String> SMALL_DISKS = List.of("memory-3", "control-3");

  /// Snapshots early, so that there are some to be damaged; patience with elections, where eight
  /// JVMs share two processors; and none with a member that is silent, so that it is soon lost.
  private static final String CONTROL_LINES =
      """
      control.snapshot-after-entries = 200
      control.silent-after = 2s
      control.lost-after = 4s
      control.election-timeout-min = 1s
      control.election-timeout-max = 2s
      """;

  /// Accounts are small here: in steps of 8 MiB one node would have all of an account's credits.
  private static final String MEMORY_LINES =
      """
      memory.credit-step = 64KiB
      memory.heartbeat = 500ms
      """;

  private final Path home;
  private final ProcessCluster cluster;
  private final boolean hasNamespaces;
  private final List<Path> mounts = new ArrayList<>();
  private final Map<String, Dials> dials = new HashMap<>();
  private final List<String> controls;
  private @Nullable Path library;
  private @Nullable Fabric fabric;
  private int joined;

  private FaultGround(Path home) throws IOException {
    this.home = home;
    this.hasNamespaces = Namespaces.isAvailable();
    ClusterSettings settings =
        ClusterSettings.of(home)
            .withControlNodes(3)
            .withMemory(3, ByteCount.mebibytes(64))
            .withCompute(2, 1);
    for (String name : SMALL_DISKS) {
      mount(name);
    }
    try {
      this.cluster =
          hasNamespaces ? ProcessCluster.inNamespaces(settings) : ProcessCluster.of(settings);
    } catch (RuntimeException | AssertionError e) {
      unmount();
      throw e;
    }
    this.controls = new ArrayList<>(cluster.plan().names(NodeRole.CONTROL));
  }

  /// Starts one; network and verbs are those of the whole process.
  static FaultGround open(Path home) throws IOException, InterruptedException {
    FaultGround ground = new FaultGround(home);
    try {
      ground.prepare();
      ground.cluster.startAll();
      ground.awaitHealthy();
      return ground;
    } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
      ground.close();
      throw e;
    }
  }

  private void prepare() throws IOException {
    library = Dials.isAvailable() ? Dials.compile(home) : null;
    for (String name : cluster.names()) {
      cluster.plan().configure(name, "log.folder = \"" + logFolder(name) + "\"");
      if (!name.startsWith("compute")) {
        addDials(name);
      }
      if (name.startsWith("control")) {
        cluster.plan().configure(name, CONTROL_LINES);
      }
      if (name.startsWith("memory")) {
        cluster.plan().configure(name, MEMORY_LINES);
      }
    }
  }

  private void addDials(String name) {
    if (library != null) {
      Dials own = Dials.of(library, home.resolve("dials").resolve(name));
      dials.put(name, own);
      cluster.environment(name, own.environment());
    }
  }

  /// Not on the disk that is going to be full.
  private Path logFolder(String name) {
    return home.resolve("logs").resolve(name);
  }

  /// What a node has logged.
  List<Path> logs(String name) throws IOException {
    if (!Files.isDirectory(logFolder(name))) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(logFolder(name))) {
      return files.filter(file -> file.toString().endsWith(".log")).toList();
    }
  }

  private void mount(String name) throws IOException {
    Path folder = Files.createDirectories(home.resolve(name));
    try {
      SystemCommand.run(
          List.of("mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", folder.toString()));
      mounts.add(folder);
    } catch (AssertionError _) {
      return; // not allowed here: faults that need it are skipped
    }
  }

  ProcessCluster cluster() {
    return cluster;
  }

  boolean hasNamespaces() {
    return hasNamespaces;
  }

  boolean hasSmallDisks() {
    return mounts.size() == SMALL_DISKS.size();
  }

  boolean hasDials() {
    return !dials.isEmpty();
  }

  Dials dials(String name) {
    Dials own = dials.get(name);
    if (own == null) {
      throw new IllegalStateException(name + " has no dials");
    }
    return own;
  }

  /// The control nodes that are members now.
  List<String> controls() {
    return controls;
  }

  /// A session of the ground itself.
  Fabric fabric() {
    Fabric open = fabric;
    if (open == null) {
      open = Fabric.connect(cluster.controls(), ClientSettings.DEFAULT);
      fabric = open;
    }
    return open;
  }

  /// Where the control nodes are now.
  List<InetSocketAddress> addresses() {
    return Operator.of(fabric()).control().plane().nodes().stream()
        .map(PlaneStatus.Node::control)
        .filter(address -> !address.isEmpty())
        .map(ClusterFile::parseAddress)
        .toList();
  }

  /// Writes where the control nodes are now into all configurations, as an operator would.
  void tellAddresses() {
    String list =
        addresses().stream()
            .map(each -> '"' + each.getHostString() + ":" + each.getPort() + '"')
            .collect(Collectors.joining(", "));
    cluster
        .names()
        .forEach(name -> cluster.plan().configure(name, "control-nodes = [" + list + "]"));
  }

  /// The control node that leads.
  String leader() throws InterruptedException {
    String[] found = new String[1];
    Await.until(
        Deadline.after(HEALTHY_WITHIN),
        () -> {
          PlaneStatus plane = Operator.of(fabric()).control().plane();
          found[0] = plane.groups().getFirst().leader();
          return controls.contains(found[0]);
        },
        () -> "no leader, but " + found[0]);
    return found[0];
  }

  /// Plans a control node in the place of one that is gone.
  ///
  /// @return its name
  String nextControl(String gone) throws IOException {
    controls.remove(gone);
    String name = "control-" + (4 + joined++);
    logAddress = cluster.plan().joining(name, controls);
    cluster.plan().configure(name, "log.folder = \"" + logFolder(name) + "\"");
    addDials(name);
    controls.add(name);
    return name;
  }

  private String logAddress = "";

  /// Where the log of the node that was planned last is.
  String logAddress() {
    return logAddress;
  }

  /// Waits until everybody runs, is heard of and has what the leader has.
  void awaitHealthy() throws InterruptedException {
    awaitNothing(() -> missingControl() + silentMembers());
  }

  /// Waits until the control nodes run and have what the leader has; others may be in trouble.
  void awaitControlHealthy() throws InterruptedException {
    awaitNothing(this::missingControl);
  }

  private static void awaitNothing(Supplier<String> missing) throws InterruptedException {
    String[] last = {""};
    Await.until(
        Deadline.after(HEALTHY_WITHIN),
        () -> {
          last[0] = missing.get();
          return last[0].isEmpty();
        },
        () -> "not healthy: " + last[0]);
  }

  private String missingControl() {
    PlaneStatus plane = asLeaderSees(Operator.of(fabric()).control().plane());
    PlaneStatus.Group group = plane.groups().getFirst();
    if (group.followers().size() != controls.size() - 1) {
      return "followers " + group + " of " + plane.node();
    }
    return group.followers().stream()
        .filter(each -> each.heardMillisAgo() > 3000 || each.lagEntries() > 200)
        .map(PlaneStatus.Follower::toString)
        .collect(Collectors.joining());
  }

  private String silentMembers() {
    return Operator.of(fabric()).control().members().members().stream()
        .filter(member -> member.info().role() != Role.CONTROL && member.isSilent())
        .map(member -> member.info().name() + " is silent; ")
        .collect(Collectors.joining());
  }

  /// Only the leader knows of its followers.
  private static PlaneStatus asLeaderSees(PlaneStatus plane) {
    String leader = plane.groups().getFirst().leader();
    Deadline deadline = Deadline.after(Duration.ofSeconds(3));
    for (PlaneStatus.Node node : plane.nodes()) {
      if (node.id().equals(leader) && !node.control().isEmpty()) {
        try (Channel channel =
            RpcClient.connect(ClusterFile.parseAddress(node.control()), deadline)) {
          return channel.call(ControlMethods.PLANE, new Nothing(), deadline);
        }
      }
    }
    return plane;
  }

  /// Copies what nodes have said to a folder.
  void keepLogs(Path target) throws IOException {
    for (String name : cluster.names()) {
      for (Path file : logs(name)) {
        Files.copy(
            file,
            target.resolve(name + "-" + file.getFileName()),
            StandardCopyOption.REPLACE_EXISTING);
      }
      Files.writeString(target.resolve(name + ".printed"), cluster.printed(name));
      for (String look : List.of("metrics", "threads")) {
        Files.writeString(target.resolve(name + "." + look), look(name, look));
      }
    }
  }

  private String look(String name, String at) {
    try {
      return at.equals("metrics") ? cluster.metrics(name) : cluster.threads(name);
    } catch (IOException | AssertionError e) {
      return e.toString(); // it may not live
    }
  }

  @Override
  public void close() {
    try {
      if (fabric != null) {
        fabric.close();
      }
    } finally {
      cluster.close();
      unmount();
    }
  }

  private void unmount() {
    for (Path mount : mounts) {
      SystemCommand.run(List.of("umount", mount.toString()));
    }
  }
}
