package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.node.EmbeddedCluster;
import io.kogluktualuk.fabric.node.ServedNode;
import java.nio.file.Path;
import java.util.List;
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

  private static String address(ServedNode node) {
    return node.address().getHostString() + ":" + node.address().getPort();
  }
}
