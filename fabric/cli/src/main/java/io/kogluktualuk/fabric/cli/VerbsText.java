package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.ClusterStatus;
import io.kogluktualuk.rdma.transport.endpoint.VerbsStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which verbs the processes of a cluster use, and why.
///
/// **Threading:** stateless.
final class VerbsText {

  private VerbsText() {}

  /// A line for each kind of answer: the nodes that gave it, and what they said; then this client.
  static String lines(ClusterStatus status) {
    Map<VerbsStatus, List<String>> nodes = new LinkedHashMap<>();
    for (ClusterStatus.Node node : status.nodes()) {
      VerbsStatus verbs = node.verbs();
      if (verbs != null) {
        nodes.computeIfAbsent(verbs, _ -> new ArrayList<>()).add(node.member().info().name());
      }
    }
    StringBuilder lines = new StringBuilder();
    nodes.forEach(
        (verbs, names) -> {
          boolean isAll = names.size() == status.nodes().size();
          lines.append(line(isAll ? "all nodes" : String.join(" ", names), verbs));
        });
    return lines.append(line("this client", status.client())).toString();
  }

  private static String line(String who, VerbsStatus verbs) {
    return "%-8s %-12s %s · %s%n".formatted("verbs", who, verbs.provider(), verbs.reason());
  }

  static @Nullable Json json(@Nullable VerbsStatus verbs) {
    return verbs == null
        ? null
        : new Json().with("provider", verbs.provider()).with("reason", verbs.reason());
  }
}
