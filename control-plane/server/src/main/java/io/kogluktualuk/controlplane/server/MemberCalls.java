package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.controlplane.api.Drain;
import io.kogluktualuk.controlplane.api.Heartbeat;
import io.kogluktualuk.controlplane.api.HeartbeatReply;
import io.kogluktualuk.controlplane.api.Maybe;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.controlplane.api.Members;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.api.Nothing;
import io.kogluktualuk.controlplane.model.ControlMachine;
import io.kogluktualuk.controlplane.model.members.MembersCommand;
import io.kogluktualuk.controlplane.model.members.MembersTable;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.rpc.Caller;
import io.kogluktualuk.fabric.rpc.MethodTable;
import java.util.List;

/// The calls about members.
///
/// **Threading:** any thread.
final class MemberCalls {

  private final MainLog main;
  private final ControlMachine machine;
  private final MembersTable table;
  private final Pulse pulse;

  MemberCalls(MainLog main, ControlMachine machine, Pulse pulse) {
    this.main = main;
    this.machine = machine;
    this.table = machine.members();
    this.pulse = pulse;
  }

  void addTo(MethodTable methods) {
    methods
        .onFrom(ControlMethods.REGISTER, this::register)
        .on(ControlMethods.HEARTBEAT, this::heartbeat)
        .on(ControlMethods.MEMBERS, this::members)
        .onFrom(ControlMethods.FORGET, this::forget)
        .onFrom(ControlMethods.DRAIN, this::drain);
  }

  Members register(Caller caller, MemberInfo info) {
    long epoch = propose(caller, new MembersCommand.Register(info));
    pulse.registered(info.id());
    MemberState state = main.log().read(() -> table.stateOf(info.id()));
    return new Members(epoch, List.of(pulse.of(info, state)), false);
  }

  HeartbeatReply heartbeat(Heartbeat beat) {
    NodeId id = beat.id();
    if (!main.log().read(() -> table.contains(id))) {
      // It may have registered at another control node a moment ago.
      main.log().barrier(CallTime.within(main.timeout()));
    }
    HeartbeatReply reply = main.log().read(() -> replyTo(id));
    pulse.heard(beat);
    return reply;
  }

  private HeartbeatReply replyTo(NodeId id) {
    if (!table.contains(id)) {
      throw new NotFound("node " + id + " is not a member; it must register first");
    }
    return new HeartbeatReply(
        table.epoch(), table.stateOf(id), machine.leases().fences(), machine.pins().generation());
  }

  Members members(Maybe<NodeId> after) {
    return main.read(
        () -> {
          List<MemberInfo> page = table.page(after.value(), Members.PAGE_MAX + 1);
          boolean hasMore = page.size() > Members.PAGE_MAX;
          return new Members(
              table.epoch(),
              page.stream().limit(Members.PAGE_MAX).map(this::member).toList(),
              hasMore);
        });
  }

  private Member member(MemberInfo info) {
    return pulse.of(info, table.stateOf(info.id()));
  }

  Nothing forget(Caller caller, NodeId id) {
    propose(caller, new MembersCommand.Forget(id));
    pulse.forget(id);
    return new Nothing();
  }

  private Long drain(Caller caller, Drain ask) {
    return propose(caller, new MembersCommand.Drain(ask.id(), ask.isDraining()));
  }

  private long propose(Caller caller, MembersCommand command) {
    return MembersTable.readReply(main.propose(caller, null, command.toProposal()));
  }
}
