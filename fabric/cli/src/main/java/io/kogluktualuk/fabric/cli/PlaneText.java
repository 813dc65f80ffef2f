package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.controlplane.api.PlaneStatus;
import java.util.ArrayList;
import java.util.List;

/// The control plane's status for people and for machines.
///
/// **Threading:** stateless.
final class PlaneText {

  private PlaneText() {}

  /// One line for each control node, and one for each log with a line for each of its followers.
  static String table(PlaneStatus plane) {
    StringBuilder table = new StringBuilder();
    for (PlaneStatus.Node node : plane.nodes()) {
      String control = node.control().isEmpty() ? "has not joined" : node.control();
      table.append(
          "node  %-16s consensus %-22s control %s%n"
              .formatted(node.id(), node.consensus(), control));
    }
    for (PlaneStatus.Group group : plane.groups()) {
      String leader = group.leader().isEmpty() ? "none" : group.leader();
      table.append(
          "log   %-16s leader %s · term %d · %d entries agreed on, %d applied at %s%n"
              .formatted(
                  group.name(),
                  leader,
                  group.term(),
                  group.commitIndex(),
                  group.appliedIndex(),
                  plane.node()));
      for (PlaneStatus.Follower follower : group.followers()) {
        table.append(
            "        %-14s %d entries behind · heard %d ms ago%n"
                .formatted(follower.id(), follower.lagEntries(), follower.heardMillisAgo()));
      }
    }
    return table.toString().stripTrailing();
  }

  /// What one control node does in the main log: `leader · term 3`, `follower · 0 entries behind`.
  static String part(String node, PlaneStatus plane) {
    PlaneStatus.Group main = plane.groups().getFirst();
    if (main.leader().isEmpty()) {
      return "no leader is known · term " + main.term();
    }
    if (main.leader().equals(node)) {
      return "leader · term " + main.term() + " · " + main.commitIndex() + " entries agreed on";
    }
    return main.followers().stream()
        .filter(follower -> follower.id().equals(node))
        .findFirst()
        .map(
            follower ->
                "follower · %d entries behind · heard %d ms ago"
                    .formatted(follower.lagEntries(), follower.heardMillisAgo()))
        .orElse("follower");
  }

  static Json json(PlaneStatus plane) {
    List<Json> nodes = new ArrayList<>();
    for (PlaneStatus.Node node : plane.nodes()) {
      nodes.add(
          new Json()
              .with("name", node.id())
              .with("consensus", node.consensus())
              .with("control", node.control()));
    }
    List<Json> groups = new ArrayList<>();
    plane.groups().forEach(group -> groups.add(json(group)));
    return new Json().with("answered_by", plane.node()).with("nodes", nodes).with("logs", groups);
  }

  private static Json json(PlaneStatus.Group group) {
    List<Json> followers = new ArrayList<>();
    for (PlaneStatus.Follower follower : group.followers()) {
      followers.add(
          new Json()
              .with("name", follower.id())
              .with("lag_entries", follower.lagEntries())
              .with("heard_ms_ago", follower.heardMillisAgo()));
    }
    return new Json()
        .with("name", group.name())
        .with("leader", group.leader())
        .with("role", group.role())
        .with("term", group.term())
        .with("committed", group.commitIndex())
        .with("applied", group.appliedIndex())
        .with("followers", followers);
  }
}
