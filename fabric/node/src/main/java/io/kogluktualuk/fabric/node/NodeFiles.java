package io.kogluktualuk.fabric.node;

import io.kogluktualuk.fabric.node.config.NodeRole;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.Tenant;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Configuration files for the nodes of a cluster whose nodes are processes of one host, each in
/// the node's folder: `HOME/memory-1/kog.conf`.
///
/// A file is written anew each time, unless its first line has been taken away: then it is its
/// owner's. The ports of control nodes are kept, since replicas know each other by them.
///
/// **Threading:** under the folder's lock.
public final class NodeFiles {

  public static final String FILE = "kog.conf";

  private static final String MARK =
      "# Written by 'kog up', each time; take this line away to keep what you change.";

  /// One node and its file.
  public record Planned(String name, NodeRole role, Path file) {}

  private final ClusterSettings settings;
  private final String verbs;
  private final UnaryOperator<String> hosts;
  private final List<Integer> ports;
  private final String cluster;
  private final @Nullable ClusterTrust trust;

  private NodeFiles(ClusterSettings settings, String verbs, UnaryOperator<String> hosts)
      throws IOException {
    this.settings = settings;
    this.verbs = verbs;
    this.hosts = hosts;
    Files.createDirectories(settings.folder());
    this.cluster = FolderIdentity.of(settings.folder());
    int count = settings.controlNodes();
    List<Integer> kept =
        new ArrayList<>(
            KeptPorts.of(settings.folder().resolve("control.ports"), "127.0.0.1", 2 * count));
    for (int i = 0; i < count && settings.controlPort() > 0; i++) {
      kept.set(count + i, settings.controlPort() + i);
    }
    this.ports = List.copyOf(kept);
    this.trust = settings.isSecured() ? ClusterTrust.open(settings, cluster) : null;
  }

  /// Writes the files.
  ///
  /// @param hosts the address of each node, by its name
  /// @throws io.kogluktualuk.fabric.fault.Conflict when the folder has another number of control
  ///     nodes
  /// @return the nodes: control nodes first, then memory nodes, then compute nodes
  public static NodeFiles write(
      ClusterSettings settings, String verbs, UnaryOperator<String> hosts) {
    FormerNodes.requireSameControlNodes(settings.folder(), settings.controlNodes());
    try {
      NodeFiles files = new NodeFiles(settings, verbs, hosts);
      for (Planned node : files.nodes()) {
        files.write(node);
      }
      return files;
    } catch (IOException e) {
      throw FolderFaults.of(settings.folder(), e);
    }
  }

  /// Where the control nodes answer.
  public List<InetSocketAddress> controls() {
    return controlAddresses().map(HostAndPort::toSocket).toList();
  }

  /// With what a client proves who it is; null when it need not.
  public @Nullable Path identity() {
    return trust == null ? null : trust.client();
  }

  public List<Planned> nodes() {
    List<Planned> nodes = new ArrayList<>();
    add(nodes, NodeRole.CONTROL, settings.controlNodes());
    int former = FormerNodes.count(settings.folder(), NodeRole.MEMORY);
    add(nodes, NodeRole.MEMORY, Math.max(settings.memoryNodes(), former));
    add(nodes, NodeRole.COMPUTE, settings.computeNodes());
    return nodes;
  }

  private record HostAndPort(String host, int port) {
    InetSocketAddress toSocket() {
      return new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  private Stream<HostAndPort> controlAddresses() {
    int count = settings.controlNodes();
    return IntStream.rangeClosed(1, count)
        .mapToObj(n -> new HostAndPort(hosts.apply("control-" + n), ports.get(count + n - 1)));
  }

  private void add(List<Planned> nodes, NodeRole role, int count) {
    for (int number = 1; number <= count; number++) {
      String name = role.word() + "-" + number;
      nodes.add(new Planned(name, role, settings.folder().resolve(name).resolve(FILE)));
    }
  }

  private void write(Planned node) throws IOException {
    Path folder = settings.folder().resolve(node.name());
    Files.createDirectories(folder);
    if (trust != null) {
      trust.certify(node.name(), hosts.apply(node.name()));
    }
    boolean isOwners = Files.exists(node.file()) && !Files.readString(node.file()).startsWith(MARK);
    if (!isOwners) {
      Path partial = folder.resolve("." + FILE + ".partial");
      Files.writeString(partial, text(node));
      Files.move(partial, node.file(), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private String text(Planned node) {
    List<String> lines = new ArrayList<>();
    lines.add(MARK);
    lines.add("cluster = \"" + cluster + "\"");
    lines.add("name = \"" + node.name() + "\"");
    lines.add("folder = \".\"");
    lines.add("bind = \"" + hosts.apply(node.name()) + "\"");
    lines.add("ports.calls = " + callsPort(node));
    lines.add("control-nodes = " + list(controlAddresses().map(HostAndPort::toString).toList()));
    lines.add("verbs = " + verbs);
    lines.add("metrics.port = 0");
    if (trust != null) {
      lines.add("tls.folder = \"" + ClusterTrust.NODE_FOLDER + "\"");
    }
    lines.add(section(node));
    return String.join("\n", lines) + "\n";
  }

  private int callsPort(Planned node) {
    return node.role() == NodeRole.CONTROL
        ? ports.get(settings.controlNodes() + number(node) - 1)
        : 0;
  }

  private String section(Planned node) {
    return switch (node.role()) {
      case CONTROL -> "control.peers = " + list(peers());
      case MEMORY ->
          "memory { capacity = %s, tenants = %s }"
              .formatted(
                  bytes(settings.memoryCapacity()),
                  list(settings.tenants().stream().map(Tenant::name).toList()));
      case COMPUTE -> "compute.slots = " + settings.slots();
    };
  }

  /// None for a control node that is alone: its log needs no port that others know.
  private List<String> peers() {
    int count = settings.controlNodes();
    return count == 1
        ? List.of()
        : IntStream.rangeClosed(1, count)
            .mapToObj(n -> "control-" + n)
            .map(name -> name + "=" + hosts.apply(name) + ":" + ports.get(number(name) - 1))
            .toList();
  }

  private static int number(Planned node) {
    return number(node.name());
  }

  private static int number(String name) {
    return Integer.parseInt(name.substring(name.indexOf('-') + 1));
  }

  private static String bytes(ByteCount size) {
    return size.bytes() + "B";
  }

  private static String list(List<String> items) {
    return items.stream().map(item -> '"' + item + '"').collect(Collectors.joining(", ", "[", "]"));
  }
}
