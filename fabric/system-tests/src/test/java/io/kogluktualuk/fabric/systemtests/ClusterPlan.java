package io.kogluktualuk.fabric.systemtests;

import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.NodeFiles;
import io.kogluktualuk.fabric.node.config.NodeRole;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which nodes a cluster of processes has, and their configuration files:
/// `HOME/memory-2/kog.conf`.
///
/// **Threading:** one thread at a time.
final class ClusterPlan {

  private final Path home;
  private final UnaryOperator<String> hosts;
  private final List<NodeFiles.Planned> nodes;
  private final List<InetSocketAddress> controls;
  private final @Nullable Path identity;

  private ClusterPlan(Path home, UnaryOperator<String> hosts, NodeFiles files) {
    this.home = home;
    this.hosts = hosts;
    this.nodes = new ArrayList<>(files.nodes());
    this.controls = files.controls();
    this.identity = files.identity();
  }

  /// Writes the files.
  ///
  /// @param hosts the address of each node, by its name
  static ClusterPlan write(ClusterSettings settings, String verbs, UnaryOperator<String> hosts) {
    return new ClusterPlan(settings.folder(), hosts, NodeFiles.write(settings, verbs, hosts));
  }

  /// All names, in the order in which they are started.
  List<String> names() {
    return nodes.stream().map(NodeFiles.Planned::name).toList();
  }

  List<String> names(NodeRole role) {
    return nodes.stream().filter(node -> node.role() == role).map(NodeFiles.Planned::name).toList();
  }

  NodeFiles.Planned node(String name) {
    return nodes.stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
  }

  /// The folder of a node.
  Path folder(String name) {
    return home.resolve(name);
  }

  /// Where the control nodes answer.
  List<InetSocketAddress> controls() {
    return controls;
  }

  /// A client of the cluster.
  Fabric connect() {
    return Fabric.connect(controls, ClientSettings.DEFAULT.withIdentity(identity));
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

  /// Plans a control node that joins those that there are, in the place of one of them that is
  /// gone.
  ///
  /// @param others the control nodes that stay
  /// @return its name and where its log is, as `kog control add` wants it
  String joining(String name, List<String> others) throws IOException {
    String host = hosts.apply(name);
    String self = name + "=" + host + ":" + freePort();
    Path model = folder(others.getFirst()).resolve(NodeFiles.FILE);
    String peers = peers(others);
    add(name, NodeRole.CONTROL, model);
    configure(
        name,
        "name = \"%s\"%nbind = \"%s\"%nports.calls = %d%ncontrol.joining = true%n"
                .formatted(name, host, freePort())
            + "control.peers = [%s, \"%s\"]".formatted(peers, self));
    return self;
  }

  /// Tells a control node who the others are now, as an operator would before its first start.
  void tellPeers(String name, List<String> all) throws IOException {
    configure(name, "control.peers = [" + peers(all) + "]");
  }

  /// Where the logs of these are, as their own configurations say.
  private String peers(List<String> names) throws IOException {
    List<String> peers = new ArrayList<>();
    for (String name : names) {
      Pattern.compile("\"" + name + "=[^\"]+\"")
          .matcher(Files.readString(folder(name).resolve(NodeFiles.FILE)))
          .results()
          .map(MatchResult::group)
          .findFirst()
          .ifPresent(peers::add);
    }
    return String.join(", ", peers);
  }

  /// Plans a memory node more, like the first one; only without namespaces, and without TLS.
  void memory(String name) throws IOException {
    add(name, NodeRole.MEMORY, folder("memory-1").resolve(NodeFiles.FILE));
    configure(name, "name = \"" + name + "\"");
  }

  private void add(String name, NodeRole role, Path model) throws IOException {
    Files.createDirectories(folder(name));
    Path file = folder(name).resolve(NodeFiles.FILE);
    Files.copy(model, file);
    nodes.add(new NodeFiles.Planned(name, role, file));
  }

  /// A port that nobody has at the moment.
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
