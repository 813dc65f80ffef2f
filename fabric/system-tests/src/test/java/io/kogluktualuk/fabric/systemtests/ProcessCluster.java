package io.kogluktualuk.fabric.systemtests;

import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.ClusterFile;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.NodeFiles;
import io.kogluktualuk.fabric.node.NodeProcess;
import io.kogluktualuk.fabric.node.NodeSecurity;
import io.kogluktualuk.fabric.node.config.NodeRole;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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

  private final Path home;
  private final List<NodeFiles.Planned> nodes;
  private final List<InetSocketAddress> controls;
  private final @Nullable Path identity;
  private final @Nullable Namespaces namespaces;
  private final Map<String, NodeProcess> processes = new HashMap<>();
  private final Map<String, Map<String, String>> environments = new HashMap<>();

  private ProcessCluster(ClusterSettings settings, @Nullable Namespaces namespaces) {
    this.home = settings.folder();
    this.namespaces = namespaces;
    NodeFiles files =
        namespaces == null
            ? NodeFiles.write(settings, "auto", _ -> settings.host())
            : NodeFiles.write(settings, "tcp", namespaces::addressOf);
    this.nodes = new ArrayList<>(files.nodes());
    this.controls = files.controls();
    this.identity = files.identity();
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

  /// Adds lines to a node's configuration; they count from its next start on.
  void configure(String name, String lines) {
    Path file = folder(name).resolve(NodeFiles.FILE);
    try {
      Files.writeString(file, Files.readString(file) + lines + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Variables that a node is started with from now on.
  void environment(String name, Map<String, String> variables) {
    environments.put(name, Map.copyOf(variables));
  }

  /// Plans a control node that joins those that there are, in the place of one of them that is
  /// gone.
  ///
  /// @param others the control nodes that stay
  /// @return its name and where its log is, as `kog control add` wants it
  String planJoining(String name, List<String> others) throws IOException {
    String host = namespaces == null ? "127.0.0.1" : namespaces.addressOf(name);
    int logPort = freePort();
    String self = name + "=" + host + ":" + logPort;
    Path model = folder(others.getFirst()).resolve(NodeFiles.FILE);
    String peers =
        Pattern.compile("\"((control-\\d+)=[^\"]+)\"")
            .matcher(Files.readString(model))
            .results()
            .filter(peer -> others.contains(peer.group(2)))
            .map(peer -> '"' + peer.group(1) + '"')
            .distinct()
            .collect(Collectors.joining(", "));
    Files.createDirectories(folder(name));
    Files.copy(model, folder(name).resolve(NodeFiles.FILE));
    configure(
        name,
        "name = \"%s\"%nbind = \"%s\"%nports.calls = %d%ncontrol.joining = true%n"
                .formatted(name, host, freePort())
            + "control.peers = [%s, \"%s\"]".formatted(peers, self));
    nodes.add(new NodeFiles.Planned(name, NodeRole.CONTROL, folder(name).resolve(NodeFiles.FILE)));
    return self;
  }

  /// Plans a memory node more, like the first one; only without namespaces, and without TLS.
  void planMemory(String name) throws IOException {
    Files.createDirectories(folder(name));
    Path file = folder(name).resolve(NodeFiles.FILE);
    Files.copy(folder("memory-1").resolve(NodeFiles.FILE), file);
    configure(name, "name = \"" + name + "\"");
    nodes.add(new NodeFiles.Planned(name, NodeRole.MEMORY, file));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /// Starts all nodes, control nodes first, and waits until they are ready.
  ProcessCluster startAll() throws InterruptedException {
    for (boolean isControl : new boolean[] {true, false}) {
      List<String> wave =
          nodes.stream()
              .filter(node -> (node.role() == NodeRole.CONTROL) == isControl)
              .map(NodeFiles.Planned::name)
              .toList();
      wave.forEach(this::start);
      for (String name : wave) {
        awaitReady(name);
      }
    }
    return this;
  }

  /// All names, in the order in which they are started.
  List<String> names() {
    return nodes.stream().map(NodeFiles.Planned::name).toList();
  }

  List<String> names(NodeRole role) {
    return nodes.stream().filter(node -> node.role() == role).map(NodeFiles.Planned::name).toList();
  }

  /// Where the control nodes answer.
  List<InetSocketAddress> controls() {
    return controls;
  }

  /// A client of the cluster.
  Fabric connect() {
    return Fabric.connect(controls, ClientSettings.DEFAULT.withSecurity(NodeSecurity.of(identity)));
  }

  /// The folder of a node.
  Path folder(String name) {
    return home.resolve(name);
  }

  /// Starts a node that does not run; see [#awaitReady].
  void start(String name) {
    if (processes.containsKey(name) && process(name).isAlive()) {
      throw new IllegalStateException(name + " runs already");
    }
    NodeFiles.Planned node =
        nodes.stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
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
    run(List.of("kill", signal, Long.toString(pid(name))));
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

  /// Runs a command of the system to its end.
  static void run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new AssertionError(String.join(" ", command) + ": " + said);
      }
    } catch (IOException e) {
      throw new AssertionError(String.join(" ", command), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted: " + String.join(" ", command), e);
    }
  }

  private static List<String> javaCommand(NodeRole role) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        role == NodeRole.COMPUTE ? "-Xmx512m" : "-Xmx256m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xss8m",
        "--add-exports",
        "java.base/sun.nio.ch=ALL-UNNAMED",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-cp",
        System.getProperty("java.class.path"),
        "io.kogluktualuk.fabric.cli.Main");
  }
}
