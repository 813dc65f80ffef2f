package io.kogluktualuk.fabric.systemtests;

import io.kogluktualuk.fabric.client.ClusterFile;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.NodeFiles;
import io.kogluktualuk.fabric.node.NodeProcess;
import io.kogluktualuk.fabric.node.config.NodeRole;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A cluster of separate processes, one for each node, whose nodes a test starts, stops, kills,
/// pauses and starts again by name: `control-1`, `memory-2`, `compute-1`. Each node has a folder
/// of its own, `HOME/memory-2`, with its configuration, its log and its state.
///
/// **Threading:** any thread; a node is one thread's business at a time. **Ownership:** [#close]
/// ends all processes, also paused ones, and takes away the namespaces.
final class ProcessCluster implements AutoCloseable {

  /// Many JVMs start at once on a machine that is shared.
  private static final Duration READY_WITHIN = Duration.ofMinutes(3);

  private static final Duration END_WITHIN = Duration.ofMinutes(1);

  private final ClusterPlan plan;
  private final @Nullable Namespaces namespaces;
  private final Map<String, NodeProcess> processes = new HashMap<>();
  private final Map<String, Map<String, String>> environments = new HashMap<>();

  private ProcessCluster(ClusterSettings settings, @Nullable Namespaces namespaces) {
    this.namespaces = namespaces;
    this.plan =
        namespaces == null
            ? ClusterPlan.write(settings, "auto", _ -> settings.host())
            : ClusterPlan.write(settings, "tcp", namespaces::addressOf);
  }

  /// Writes the files; starts nothing.
  static ProcessCluster of(ClusterSettings settings) {
    return new ProcessCluster(settings, null);
  }

  /// As [#of], each node in a network namespace of its own, see [Namespaces]. Clients in this
  /// process have to use TCP.
  static ProcessCluster inNamespaces(ClusterSettings settings) {
    Namespaces namespaces = Namespaces.open();
    try {
      return new ProcessCluster(settings, namespaces);
    } catch (RuntimeException e) {
      namespaces.close();
      throw e;
    }
  }

  /// Variables that a node is started with from now on.
  void environment(String name, Map<String, String> variables) {
    environments.put(name, Map.copyOf(variables));
  }

  /// Starts all nodes, control nodes first, and waits until they are ready.
  ProcessCluster startAll() throws InterruptedException {
    for (boolean isControl : new boolean[] {true, false}) {
      List<String> wave =
          plan.names().stream()
              .filter(name -> (plan.node(name).role() == NodeRole.CONTROL) == isControl)
              .toList();
      wave.forEach(this::start);
      for (String name : wave) {
        awaitReady(name);
      }
    }
    return this;
  }

  /// Which nodes there are, and their files.
  ClusterPlan plan() {
    return plan;
  }

  /// All names, in the order in which they are started.
  List<String> names() {
    return plan.names();
  }

  /// Where the control nodes answer.
  List<InetSocketAddress> controls() {
    return plan.controls();
  }

  /// A client of the cluster.
  Fabric connect() {
    return plan.connect();
  }

  /// The folder of a node.
  Path folder(String name) {
    return plan.folder(name);
  }

  /// Starts a node that does not run; see [#awaitReady].
  void start(String name) {
    if (processes.containsKey(name) && process(name).isAlive()) {
      throw new IllegalStateException(name + " runs already");
    }
    NodeFiles.Planned node = plan.node(name);
    List<String> command = new ArrayList<>();
    if (namespaces != null) {
      command.addAll(namespaces.inNamespaceOf(name));
    }
    command.addAll(javaCommand(node.role()));
    command.addAll(List.of("serve", "--json", "--until-input-ends", node.file().toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environments.getOrDefault(name, Map.of()));
    processes.put(name, NodeProcess.start(name, builder));
  }

  /// Waits for the end of a node that cannot start.
  ///
  /// @return its status
  int awaitEnd(String name) throws InterruptedException {
    return process(name).awaitEnd(END_WITHIN);
  }

  void awaitReady(String name) throws InterruptedException {
    process(name).awaitReady(READY_WITHIN);
  }

  /// Stops a node in order (SIGTERM) and checks that it ends with 0.
  void stop(String name) throws InterruptedException {
    NodeProcess process = process(name);
    process.stop();
    int status = process.awaitEnd(END_WITHIN);
    if (status != 0) {
      throw new AssertionError(name + " ended with " + status + ": " + process.printed());
    }
  }

  /// Ends a node without a word (SIGKILL), also a paused one.
  void kill(String name) throws InterruptedException {
    process(name).kill();
    if (process(name).awaitEnd(END_WITHIN) < 0) {
      throw new AssertionError(name + " does not end");
    }
  }

  /// SIGSTOP: it does nothing any more, but its connections stay.
  void pause(String name) {
    signal(name, "-STOP");
  }

  /// SIGCONT.
  void resume(String name) {
    signal(name, "-CONT");
  }

  /// Stops a node in order, starts it again and waits until it is ready.
  void restart(String name) throws InterruptedException {
    stop(name);
    start(name);
    awaitReady(name);
  }

  /// Cuts a node's network off, both ways; only with namespaces.
  void partition(String name) {
    Objects.requireNonNull(namespaces, "needs namespaces").cut(name);
  }

  /// Ends a partition.
  void heal(String name) {
    Objects.requireNonNull(namespaces, "needs namespaces").heal(name);
  }

  /// Drops what one sends to the other, one way; `null` is this process.
  void deafen(@Nullable String from, @Nullable String to) {
    Objects.requireNonNull(namespaces, "needs namespaces").drop(from, to);
  }

  /// Ends that.
  void hear(@Nullable String from, @Nullable String to) {
    Objects.requireNonNull(namespaces, "needs namespaces").undrop(from, to);
  }

  boolean isRunning(String name) {
    return processes.containsKey(name) && process(name).isAlive();
  }

  /// The process of a node.
  long pid(String name) {
    return process(name).pid();
  }

  /// Where a node that has started answers calls.
  InetSocketAddress address(String name) {
    return ClusterFile.parseAddress(told(name, "address"));
  }

  /// Where a node that has started publishes its metrics.
  String pages(String name) {
    return told(name, "pages");
  }

  /// What a node publishes now.
  String metrics(String name) throws IOException {
    try (InputStream page = URI.create(pages(name) + "/metrics").toURL().openStream()) {
      return new String(page.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /// What the threads of a node do now.
  String threads(String name) {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    return SystemCommand.run(
        List.of(jcmd.toString(), Long.toString(pid(name)), "Thread.print", "-l"));
  }

  private String told(String name, String member) {
    Matcher found = Pattern.compile("\"" + member + "\":\"([^\"]+)\"").matcher(printed(name));
    if (!found.find()) {
      throw new AssertionError(name + " has not told its " + member + ": " + printed(name));
    }
    return found.group(1);
  }

  /// What a node printed last.
  String printed(String name) {
    return process(name).printed();
  }

  private NodeProcess process(String name) {
    return Objects.requireNonNull(processes.get(name), name + " was never started");
  }

  private void signal(String name, String signal) {
    SystemCommand.run(List.of("kill", signal, Long.toString(pid(name))));
  }

  @Override
  public void close() {
    for (NodeProcess process : processes.values()) {
      process.kill(); // what survives that is what is tested; an orderly stop is a test's own
    }
    try {
      for (NodeProcess process : processes.values()) {
        process.awaitEnd(END_WITHIN);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (namespaces != null) {
        namespaces.close();
      }
    }
  }

  private static List<String> javaCommand(NodeRole role) {
    String heap = role == NodeRole.COMPUTE ? "-Xmx512m" : "-Xmx256m";
    return KogJvm.command(heap);
  }
}
