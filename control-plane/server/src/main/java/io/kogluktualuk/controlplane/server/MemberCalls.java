package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.controlplane.api.Fences;
import io.kogluktualuk.controlplane.api.Heartbeat;
import io.kogluktualuk.controlplane.api.HeartbeatReply;
import io.kogluktualuk.controlplane.api.Load;
import io.kogluktualuk.controlplane.api.Maybe;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.controlplane.api.Members;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.api.Nothing;
import io.kogluktualuk.controlplane.model.Reply;
import io.kogluktualuk.controlplane.model.members.MembersCommand;
import io.kogluktualuk.controlplane.model.members.MembersTable;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.rpc.MethodTable;
import io.kogluktualuk.paxoslog.api.ReplicatedLog;
import java.time.Duration;
import java.util.List;

/// The calls about members.
///
/// **Threading:** any thread.
final class MemberCalls {

  private final ReplicatedLog log;
  private final MembersTable table;
  private final Proposer proposer;
  private final Pulse pulse;
  private final Duration timeout;

  MemberCalls(
      ReplicatedLog log, MembersTable table, Proposer proposer, Pulse pulse, Duration timeout) {
    this.log = log;
    this.table = table;
    this.proposer = proposer;
    this.pulse = pulse;
    this.timeout = timeout;
  }

  void addTo(MethodTable methods) {
    methods
        .on(ControlMethods.REGISTER, this::register)
        .on(ControlMethods.HEARTBEAT, this::heartbeat)
        .on(ControlMethods.MEMBERS, this::members)
        .on(ControlMethods.FORGET, this::forget);
  }

  Members register(MemberInfo info) {
    long epoch = propose(new MembersCommand.Register(info));
    pulse.heard(info.id(), Load.NONE);
    return new Members(epoch, List.of(pulse.of(info)), false);
  }

  HeartbeatReply heartbeat(Heartbeat beat) {
    NodeId id = beat.id();
    if (!log.read(() -> table.contains(id))) {
      // It may have registered at another control node a moment ago.
      log.barrier(CallTime.within(timeout));
    }
    HeartbeatReply reply = log.read(() -> replyTo(id));
    pulse.heard(id, beat.load());
    return reply;
  }

  private HeartbeatReply replyTo(NodeId id) {
    if (!table.contains(id)) {
      throw new NotFound("node " + id + " is not a member; it must register first");
    }
    return new HeartbeatReply(table.epoch(), MemberState.ACTIVE, Fences.NONE, 0);
  }

  Members members(Maybe<NodeId> after) {
    log.barrier(CallTime.within(timeout));
    return log.read(
        () -> {
          List<MemberInfo> page = table.page(after.value(), Members.PAGE_MAX + 1);
          boolean hasMore = page.size() > Members.PAGE_MAX;
          return new Members(
              table.epoch(),
              page.stream().limit(Members.PAGE_MAX).map(pulse::of).toList(),
              hasMore);
        });
  }

  Nothing forget(NodeId id) {
    propose(new MembersCommand.Forget(id));
    pulse.forget(id);
    return new Nothing();
  }

  private long propose(MembersCommand command) {
    List<Reply> replies = proposer.propose(List.of(command.toProposal()), CallTime.within(timeout));
    return MembersTable.readReply(replies.getFirst().orThrow());
  }
}
