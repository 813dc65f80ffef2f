package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.operator.ClusterStatus;
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
    Map<String, List<String>> nodes = new LinkedHashMap<>();
    for (ClusterStatus.Node node : status.nodes()) {
      VerbsStatus verbs = node.verbs();
      if (verbs != null) {
        nodes
            .computeIfAbsent(words(verbs), _ -> new ArrayList<>())
            .add(node.member().info().name());
      }
    }
    StringBuilder lines = new StringBuilder();
    nodes.forEach(
        (words, names) -> {
          boolean isAll = names.size() == status.nodes().size();
          lines.append(line(isAll ? "all nodes" : String.join(" ", names), words));
        });
    VerbsStatus client = status.client();
    String ways = client.connections().isEmpty() ? "" : " · " + client.connections();
    return lines.append(line("this client", words(client) + ways)).toString();
  }

  private static String words(VerbsStatus verbs) {
    return verbs.provider() + " · " + verbs.reason();
  }

  private static String line(String who, String words) {
    return "%-8s %-12s %s%n".formatted("verbs", who, words);
  }

  static @Nullable Json json(@Nullable VerbsStatus verbs) {
    return verbs == null
        ? null
        : new Json()
            .with("provider", verbs.provider())
            .with("reason", verbs.reason())
            .with("connections", verbs.connections());
  }
}
