package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.controlplane.api.PlaneStatus;
import io.kogluktualuk.controlplane.api.PlaneStatus.Follower;
import io.kogluktualuk.controlplane.api.PlaneStatus.Group;
import io.kogluktualuk.controlplane.api.PlaneStatus.Node;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.controlplane.model.members.MembersTable;
import io.kogluktualuk.fabric.rpc.MethodTable;
import io.kogluktualuk.paxoslog.api.LogPeer;
import io.kogluktualuk.paxoslog.api.LogStatus;
import io.kogluktualuk.paxoslog.api.ReplicatedLog;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// The calls about the control plane itself. Answered without a barrier: whoever asks wants to
/// know how this node sees it, above all when something is wrong.
///
/// **Threading:** any thread.
final class PlaneCalls {

  private final String self;
  private final Map<String, ReplicatedLog> logs;
  private final ReplicatedLog main;
  private final MembersTable members;

  /// @param logs by name, the main one first
  /// @param members the table behind the main log
  PlaneCalls(
      String self, Map<String, ReplicatedLog> logs, ReplicatedLog main, MembersTable members) {
    this.self = self;
    this.logs = logs;
    this.main = main;
    this.members = members;
  }

  void addTo(MethodTable methods) {
    methods.on(ControlMethods.PLANE, _ -> plane());
  }

  PlaneStatus plane() {
    List<Group> groups = new ArrayList<>();
    logs.forEach((name, log) -> groups.add(group(name, log.status())));
    List<Node> nodes =
        main.status().peers().stream()
            .sorted(Comparator.comparing(LogPeer::id))
            .limit(PlaneStatus.NODES_MAX)
            .map(peer -> new Node(peer.id(), peer.address(), controlAddress(peer.id())))
            .toList();
    return new PlaneStatus(self, nodes, groups);
  }

  /// Control nodes are members under the ids of their replicas.
  private String controlAddress(String id) {
    return main.read(
        () ->
            members.page(null, Integer.MAX_VALUE).stream()
                .filter(info -> info.role() == Role.CONTROL && info.name().equals(id))
                .map(info -> info.address())
                .findFirst()
                .orElse(""));
  }

  private static Group group(String name, LogStatus status) {
    return new Group(
        name,
        Objects.requireNonNullElse(status.leader(), ""),
        status.role().name().toLowerCase(Locale.ROOT),
        status.term(),
        Math.max(0, status.commitIndex()),
        Math.max(0, status.appliedIndex()),
        status.followers().stream()
            .limit(PlaneStatus.NODES_MAX)
            .map(
                each ->
                    new Follower(
                        each.id(),
                        Math.max(0, each.lagEntries()),
                        Math.max(0, each.heardMillisAgo())))
            .toList());
  }
}
