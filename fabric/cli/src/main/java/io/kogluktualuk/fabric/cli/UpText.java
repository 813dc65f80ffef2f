package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.EmbeddedCluster;
import io.kogluktualuk.fabric.node.NodeProcess;
import io.kogluktualuk.fabric.node.ServedNode;
import io.kogluktualuk.fabric.node.SupervisedCluster;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a cluster that has just started consists of.
///
/// **Threading:** stateless.
final class UpText {

  private UpText() {}

  static String table(EmbeddedCluster cluster, Path log, @Nullable String metrics) {
    StringBuilder text = new StringBuilder();
    for (ServedNode node : cluster.nodes()) {
      text.append("%-8s %-12s %s%n".formatted(node.role(), node.name(), address(node)));
    }
    if (metrics != null) {
      text.append("metrics  %s%n".formatted(metrics));
    }
    return text
        + "state    %s%nlog      %s%nready; Ctrl-C or 'kog down' stops it"
            .formatted(cluster.folder(), log);
  }

  static Json json(EmbeddedCluster cluster, Path log, @Nullable String metrics) {
    List<Json> nodes =
        cluster.nodes().stream()
            .map(
                node ->
                    new Json()
                        .with("role", node.role())
                        .with("name", node.name())
                        .with("address", address(node)))
            .toList();
    return new Json()
        .with("pid", ProcessHandle.current().pid())
        .with("home", cluster.folder().toString())
        .with("log", log.toString())
        .with("metrics", metrics)
        .with("nodes", nodes);
  }

  /// For nodes in processes of their own.
  static String table(SupervisedCluster cluster, ClusterSettings settings, Path log) {
    StringBuilder text = new StringBuilder();
    for (NodeProcess node : cluster.processes()) {
      text.append("%-21s process %d%n".formatted(node.name(), node.pid()));
    }
    return text
        + "control  %s%nstate    %s%nlog      %s, and 'log' in each node's folder%n"
            .formatted(controls(cluster), settings.folder(), log)
        + "ready; Ctrl-C or 'kog down' stops it";
  }

  static Json json(SupervisedCluster cluster, ClusterSettings settings, Path log) {
    List<Json> nodes =
        cluster.processes().stream()
            .map(node -> new Json().with("name", node.name()).with("pid", node.pid()))
            .toList();
    return new Json()
        .with("pid", ProcessHandle.current().pid())
        .with("home", settings.folder().toString())
        .with("log", log.toString())
        .with("control", controls(cluster))
        .with("nodes", nodes);
  }

  private static String controls(SupervisedCluster cluster) {
    return cluster.controls().stream()
        .map(address -> address.getHostString() + ":" + address.getPort())
        .collect(Collectors.joining(","));
  }

  private static String address(ServedNode node) {
    return node.address().getHostString() + ":" + node.address().getPort();
  }
}
