package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.controlplane.api.ChangePlane;
import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.controlplane.api.Nothing;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Caller;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.MethodTable;
import io.kogluktualuk.paxoslog.api.FollowerStatus;
import io.kogluktualuk.paxoslog.api.LogPeer;
import io.kogluktualuk.paxoslog.api.LogStatus;
import io.kogluktualuk.paxoslog.ratis.LogHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The calls that change which nodes the control plane consists of. The leader carries them out: it
/// alone knows who of the others answers.
///
/// **Threading:** any thread; one change at a time.
final class PlaneChanges {

  private static final Logger LOG = LoggerFactory.getLogger(PlaneChanges.class);

  /// A new node gets a snapshot and the log behind it in this time, or the change is asked again.
  private static final Duration CHANGE_MAX = Duration.ofMinutes(5);

  /// Several times what an idle leader lets pass between two questions to a follower.
  private static final long ANSWERS_WITHIN_MILLIS = 3000;

  private final LogHost host;
  private final BiConsumer<Caller, String> forget;

  /// @param forget takes a control node out of the members, by its id
  PlaneChanges(LogHost host, BiConsumer<Caller, String> forget) {
    this.host = host;
    this.forget = forget;
  }

  void addTo(MethodTable methods) {
    methods.onFrom(ControlMethods.CHANGE_PLANE, this::change);
  }

  private synchronized Nothing change(Caller caller, ChangePlane change) {
    Deadline deadline = CallTime.within(CHANGE_MAX);
    LogStatus status = host.log(ControlService.MAIN).status();
    if (status.role() != LogStatus.Role.LEADER) {
      throw new Unavailable(
          "control node " + status.id() + " does not lead; leader is " + status.leader());
    }
    switch (change) {
      case ChangePlane.Add add -> add(add, deadline);
      case ChangePlane.Remove remove -> remove(caller, remove, status, deadline);
      case ChangePlane.Transfer(String id) -> host.transferLeadership(id, deadline);
    }
    LOG.info("the control plane has changed: {}; it is {}", change, host.peers());
    return new Nothing();
  }

  /// One that is there already may be there because of a change that was cut short: the log may not
  /// remember it yet.
  private void add(ChangePlane.Add add, Deadline deadline) {
    LogPeer fresh = new LogPeer(add.id(), add.host(), add.port());
    List<LogPeer> peers = new ArrayList<>(host.peers());
    for (LogPeer peer : peers) {
      if (peer.id().equals(add.id()) && !peer.equals(fresh)) {
        throw new Conflict(
            "control node " + add.id() + " is at " + peer.address() + ", not " + fresh.address());
      }
    }
    if (!peers.contains(fresh)) {
      peers.add(fresh);
    }
    host.changePeers(peers, deadline);
  }

  private void remove(
      Caller caller, ChangePlane.Remove remove, LogStatus status, Deadline deadline) {
    List<LogPeer> peers = new ArrayList<>(host.peers());
    boolean isMember = peers.removeIf(peer -> peer.id().equals(remove.id()));
    if (isMember) {
      checkRest(remove, peers, status);
      host.changePeers(peers, deadline);
    }
    forget.accept(caller, remove.id());
  }

  /// Those who stay must be able to go on alone: a majority of them answers, this node included.
  private static void checkRest(ChangePlane.Remove remove, List<LogPeer> rest, LogStatus status) {
    if (rest.isEmpty()) {
      throw new Conflict("control node " + remove.id() + " is the only one");
    }
    if (remove.id().equals(status.id())) {
      throw new Conflict(
          "control node " + remove.id() + " leads; transfer the leadership to another first");
    }
    long answering =
        1
            + status.followers().stream()
                .filter(each -> !each.id().equals(remove.id()))
                .filter(PlaneChanges::answers)
                .count();
    long needed = rest.size() / 2 + 1;
    if (answering < needed && !remove.force()) {
      throw new Conflict(
          "without control node "
              + remove.id()
              + " there would be "
              + rest.size()
              + ", of which "
              + answering
              + " answer; expected "
              + needed
              + " at least; add a node first, or force it");
    }
  }

  private static boolean answers(FollowerStatus follower) {
    return follower.heardMillisAgo() <= ANSWERS_WITHIN_MILLIS;
  }
}
