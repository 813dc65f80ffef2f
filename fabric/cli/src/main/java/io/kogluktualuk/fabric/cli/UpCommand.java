package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.node.BindAddress;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.EmbeddedCluster;
import io.kogluktualuk.fabric.node.FormerNodes;
import io.kogluktualuk.fabric.node.NodePages;
import io.kogluktualuk.fabric.node.ServedNode;
import io.kogluktualuk.fabric.node.SupervisedCluster;
import io.kogluktualuk.fabric.node.config.NodeRole;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.Tenant;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `kog up`.
///
/// **Threading:** one thread; the process's shutdown stops the cluster.
@Command(
    name = "up",
    description = {
      "Start a cluster: control, memory and compute nodes. One control node: all in one process;"
          + " three or five, or --separate: a process for each node, started again if it dies.",
      "In the foreground until interrupted, or in the background with --detach. The state folder"
          + " keeps everything that was stored; its folder 'log' has the log."
    },
    footer = {
      "",
      "Example:",
      "  kog up --detach",
      "  kog up --home /srv/kog --memory 64GiB --control-port 7400",
      "  kog up --control 3 --memory 3 --compute 2",
      "  kog up --bind 10.0.0.7 --home /dev/shm/kog --memory 16GiB"
    })
final class UpCommand implements Callable<Integer> {

  private static final int PORT_MAX = 0xFFFF;

  @Mixin(name = "options")
  private final CommonOptions options;

  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--detach", description = "Run in the background; return when it is ready.")
  private boolean detach;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      description =
          "The address of this host that all nodes answer on; with an RDMA adapter, that of its"
              + " network device. Default: 127.0.0.1, which other hosts cannot reach. Without"
              + " --tls nothing is encrypted or authenticated: bind to networks that you trust.")
  private @Nullable String bind;

  @Option(
      names = "--control-port",
      paramLabel = "PORT",
      description = "Where the control plane answers. Default: any free port.")
  private int controlPort;

  @Option(
      names = "--memory-nodes",
      paramLabel = "N",
      description = "How many memory nodes; --memory N says the same. Default: 2.")
  private @Nullable Integer memoryNodes;

  @Option(
      names = "--memory",
      paramLabel = "N|SIZE",
      description =
          "How many memory nodes, a number; or how much each of them may hold, a size with its unit."
              + " Default: 2 and 32GiB.")
  private @Nullable String memory;

  @Option(
      names = "--memory-size",
      paramLabel = "SIZE",
      description = "How much each memory node may hold. Default: 32GiB.")
  private @Nullable String memorySize;

  @Option(
      names = "--tls",
      description =
          "Encrypt and authenticate all control calls and the log, by an authority in the state"
              + " folder; commands that know the state folder find their identity there. Data that"
              + " moves one-sided is not encrypted.")
  private boolean tls;

  @Option(
      names = "--separate",
      description =
          "Run each node in a process of its own, as with several control nodes. Their"
              + " configuration files are in the state folder.")
  private boolean separate;

  @Option(
      names = "--no-restart",
      description = "With separate processes: do not start nodes again that die.")
  private boolean noRestart;

  @Option(
      names = {"--compute", "--compute-nodes"},
      paramLabel = "N",
      description = "How many compute nodes. Default: 2.")
  private @Nullable Integer computeNodes;

  @Option(
      names = "--slots",
      paramLabel = "N",
      description =
          "Programs that each compute node runs at a time. Default: a fair share of the"
              + " processors.")
  private @Nullable Integer slots;

  @Option(
      names = "--tenants",
      paramLabel = "NAME",
      split = ",",
      description =
          "Tenants whose content is kept apart, besides 'default'. They share the memory equally,"
              + " and stay in the state folder.")
  private List<String> tenants = List.of();

  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      description =
          "Publish metrics for Prometheus at http://ADDRESS:PORT/metrics, on the address of --bind,"
              + " to whoever can reach it. Default: not published.")
  private @Nullable Integer metricsPort;

  UpCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() throws InterruptedException {
    options.chooseVerbs();
    ClusterSettings settings = settings();
    EmbeddedCluster.requireUnused(settings.folder());
    FormerNodes.requireSameControlNodes(settings.folder(), settings.controlNodes());
    if (detach) {
      return detached(settings);
    }
    return separate || settings.controlNodes() > 1 ? separate(settings) : foreground(settings);
  }

  private int separate(ClusterSettings settings) throws InterruptedException {
    if (metricsPort != null) {
      throw new InvalidArgument(
          "--metrics-port is for one process; each separate node has a page of its own, and says"
              + " where in its log");
    }
    Path log = Logs.ofServers(options.home(), options.isVerbose());
    OrderlyLogs.keepToTheEnd();
    CountDownLatch closed = new CountDownLatch(1);
    try (SupervisedCluster cluster =
        SupervisedCluster.open(settings, options.verbs(), new NodeLauncher(), !noRestart)) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(cluster, closed), "kog-stop"));
      options.print(UpText.table(cluster, settings, log), UpText.json(cluster, settings, log));
      options.terminal().flush();
      closed.await();
    }
    return ExitCode.OK.code();
  }

  private int detached(ClusterSettings settings) throws InterruptedException {
    List<String> arguments =
        spec == null ? List.of() : spec.commandLine().getParseResult().originalArgs();
    Background.Started started = Background.start(settings.folder(), arguments);
    options.print(
        "cluster started in process %d, control plane at %s%nstop it with: kog down%s"
            .formatted(started.pid(), started.control(), homeArgument()),
        new Json()
            .with("pid", started.pid())
            .with("control", started.control())
            .with("home", options.home().toString()));
    return ExitCode.OK.code();
  }

  private int foreground(ClusterSettings settings) throws InterruptedException {
    Path log = Logs.ofServers(options.home(), options.isVerbose());
    CountDownLatch closed = new CountDownLatch(1);
    List<ServedNode> nodes = new CopyOnWriteArrayList<>();
    try (NodePages metrics = pages(settings, () -> nodes);
        EmbeddedCluster cluster = EmbeddedCluster.open(settings)) {
      nodes.addAll(cluster.nodes());
      Thread stopper = new Thread(() -> stop(cluster, closed), "kog-stop");
      Runtime.getRuntime().addShutdownHook(stopper);
      String url = metrics == null ? null : metrics.url() + "/metrics";
      options.print(UpText.table(cluster, log, url), UpText.json(cluster, log, url));
      options.terminal().flush();
      closed.await();
    }
    return ExitCode.OK.code();
  }

  private @Nullable NodePages pages(ClusterSettings settings, Supplier<List<ServedNode>> nodes) {
    if (metricsPort == null) {
      return null;
    }
    if (metricsPort < 1 || metricsPort > PORT_MAX) {
      throw new InvalidArgument("--metrics-port is 1 to " + PORT_MAX + ", not " + metricsPort);
    }
    return NodePages.open(new InetSocketAddress(settings.host(), metricsPort), nodes);
  }

  private void stop(AutoCloseable cluster, CountDownLatch closed) {
    try {
      cluster.close();
    } catch (Exception e) {
      FailureReport.of(e).print(options.terminal(), options.isJson());
    } finally {
      closed.countDown();
    }
  }

  private ClusterSettings settings() {
    ClusterSettings standard = ClusterSettings.of(options.home());
    return standard
        .withHost(bind == null ? standard.host() : BindAddress.parse(bind))
        .withControlPort(controlPort)
        .withControlNodes(controlNodes())
        .withMemory(memoryNodes(standard.memoryNodes()), memoryCapacity(standard.memoryCapacity()))
        .withCompute(
            computeNodes == null ? standard.computeNodes() : computeNodes,
            slots == null ? standard.slots() : slots)
        .withTls(tls)
        .withTenants(tenants.stream().map(Tenant::new).toList());
  }

  /// Elsewhere `--control` says where the control plane is; here, of how many nodes it is made. As
  /// many as before, unless told.
  private int controlNodes() {
    String asked = options.control();
    try {
      return asked == null
          ? Math.max(1, FormerNodes.count(options.home(), NodeRole.CONTROL))
          : Integer.parseInt(asked);
    } catch (NumberFormatException e) {
      throw new InvalidArgument("--control is here a number of nodes, not '" + asked + "'", e);
    }
  }

  private int memoryNodes(int standard) {
    if (memory != null && isCount(memory)) {
      return Integer.parseInt(memory);
    }
    return memoryNodes == null ? standard : memoryNodes;
  }

  private ByteCount memoryCapacity(ByteCount standard) {
    if (memorySize != null) {
      return ByteCount.parse(memorySize);
    }
    return memory == null || isCount(memory) ? standard : ByteCount.parse(memory);
  }

  private static boolean isCount(String text) {
    return text.matches("[0-9]{1,4}");
  }

  private String homeArgument() {
    Path standard = StateFolder.standard(options.terminal().environment());
    return options.home().equals(standard) ? "" : " --home " + options.home();
  }
}
