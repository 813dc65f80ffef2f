package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.controlplane.api.ControlStatus;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.model.ControlMachine;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.MethodTable;
import io.kogluktualuk.paxoslog.api.LogStatus;
import io.kogluktualuk.paxoslog.api.ReplicatedLog;
import io.kogluktualuk.paxoslog.ratis.RatisLog;
import io.kogluktualuk.rdma.transport.endpoint.VerbsStatus;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Objects;

/// Everything of a control node but the transport of its calls.
///
/// **Threading:** any thread.
final class ControlService implements AutoCloseable {

  private final ControlMachine machine = new ControlMachine();
  private final HitCounters counters = new HitCounters();
  private final MethodTable methods = VerbsStatus.addTo(new MethodTable());
  private final ReplicatedLog log;
  private final Proposer proposer;
  private final Pulse pulse;
  private final MemberCalls members;

  /// Opens the log and waits until it can answer; fails as [ControlServer#open].
  ControlService(ControlSettings settings) {
    log = RatisLog.open(settings.log(), machine);
    proposer = new Proposer(log, InstantSource.system(), settings.commitTimeout());
    pulse = new Pulse(System::nanoTime, settings.silentAfter());
    members = new MemberCalls(log, machine.members(), proposer, pulse, settings.commitTimeout());
    members.addTo(methods);
    new MemoCalls(log, machine.memos(), proposer, counters, settings.commitTimeout())
        .addTo(methods);
    methods.on(ControlMethods.STATUS, _ -> status());
    proposer.start();
  }

  MethodTable methods() {
    return methods;
  }

  /// Makes this node a member itself. It is never silent to itself.
  void join(MemberInfo self) {
    pulse.alwaysHears(self.id());
    members.register(self);
  }

  /// What the `status` call answers, also once this node has failed.
  ControlStatus status() {
    LogStatus now = log.status();
    return now.failure() == null ? log.read(() -> status(now)) : status(now);
  }

  void snapshot(Deadline deadline) {
    log.snapshot(deadline);
  }

  @Override
  public void close() {
    try (log) {
      proposer.close();
    }
  }

  private ControlStatus status(LogStatus now) {
    return new ControlStatus(
        now.id(),
        now.role().name().toLowerCase(Locale.ROOT),
        Objects.requireNonNullElse(now.leader(), ""),
        now.term(),
        Math.max(0, now.appliedIndex()),
        Math.max(0, now.snapshotIndex()),
        machine.members().epoch(),
        machine.members().size(),
        machine.memos().size(),
        machine.memos().memoryBytes(),
        counters.hits(),
        counters.misses(),
        machine.memos().disagreementCount(),
        machine.memos().disagreements(),
        Objects.requireNonNullElse(now.failure(), ""));
  }
}
