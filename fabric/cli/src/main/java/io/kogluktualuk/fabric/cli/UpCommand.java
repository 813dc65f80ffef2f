package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.node.BindAddress;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.EmbeddedCluster;
import io.kogluktualuk.fabric.node.NodePages;
import io.kogluktualuk.fabric.node.ServedNode;
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
      "Start a cluster in one process: a control node, memory nodes and compute nodes.",
      "In the foreground until interrupted, or in the background with --detach. The state folder"
          + " keeps everything that was stored; its folder 'log' has the log."
    },
    footer = {
      "",
      "Example:",
      "  kog up --detach",
      "  kog up --home /srv/kog --memory 64GiB --control-port 7400",
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
              + " network device. Default: 127.0.0.1, which other hosts cannot reach. Nothing is"
              + " encrypted or authenticated: bind to networks that you trust.")
  private @Nullable String bind;

  @Option(
      names = "--control-port",
      paramLabel = "PORT",
      description = "Where the control plane answers. Default: any free port.")
  private int controlPort;

  @Option(
      names = "--memory-nodes",
      paramLabel = "N",
      description = "How many memory nodes. Default: 2.")
  private @Nullable Integer memoryNodes;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description = "How much each memory node may hold. Default: 32GiB.")
  private @Nullable String memory;

  @Option(
      names = "--compute-nodes",
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
    return detach ? detached(settings) : foreground(settings);
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

  private void stop(EmbeddedCluster cluster, CountDownLatch closed) {
    try {
      cluster.close();
    } catch (RuntimeException e) {
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
        .withMemory(
            memoryNodes == null ? standard.memoryNodes() : memoryNodes,
            memory == null ? standard.memoryCapacity() : ByteCount.parse(memory))
        .withCompute(
            computeNodes == null ? standard.computeNodes() : computeNodes,
            slots == null ? standard.slots() : slots)
        .withTenants(tenants.stream().map(Tenant::new).toList());
  }

  private String homeArgument() {
    Path standard = StateFolder.standard(options.terminal().environment());
    return options.home().equals(standard) ? "" : " --home " + options.home();
  }
}
