package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.controlplane.api.ControlStatus;
import io.kogluktualuk.controlplane.model.ControlMachine;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.MethodTable;
import io.kogluktualuk.paxoslog.api.LogStatus;
import io.kogluktualuk.paxoslog.api.ReplicatedLog;
import io.kogluktualuk.paxoslog.ratis.RatisLog;
import io.kogluktualuk.rdma.transport.rpc.RpcServer;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/// A running control node.
///
/// It opens from the bottom up (log, group commit, calls) and closes from the top down.
///
/// **Threading:** any thread.
public final class ControlServer implements AutoCloseable {

  private final ControlMachine machine = new ControlMachine();
  private final HitCounters counters = new HitCounters();
  private final ReplicatedLog log;
  private final Proposer proposer;
  private final MethodTable methods = new MethodTable();
  private final RpcServer calls;
  private final AtomicBoolean isClosed = new AtomicBoolean();

  private ControlServer(ControlSettings settings) {
    log = RatisLog.open(settings.log(), machine);
    proposer = new Proposer(log, InstantSource.system(), settings.commitTimeout());
    try {
      proposer.start();
      addCalls(settings);
      calls = RpcServer.open(settings.bind(), methods);
    } catch (RuntimeException e) {
      closeBelow(e);
      throw e;
    }
  }

  /// Starts a control node on its folder and waits until it can answer.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Conflict when its folder or a port is in use, or the
  ///     folder
  ///     belongs to another cluster
  /// @throws io.kogluktualuk.fabric.fault.Corruption when its log is damaged
  /// @throws io.kogluktualuk.fabric.fault.Unavailable when the folder cannot be used or no leader
  ///     is
  ///     found in time
  public static ControlServer open(ControlSettings settings) {
    return new ControlServer(settings);
  }

  /// Where it answers control calls.
  public InetSocketAddress address() {
    return calls.address();
  }

  /// What the `status` call answers, also once this node has failed.
  public ControlStatus status() {
    LogStatus now = log.status();
    return now.failure() == null ? log.read(() -> status(now)) : status(now);
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

  /// Writes a snapshot now, so that the next start has nothing to replay.
  public void snapshot(Deadline deadline) {
    log.snapshot(deadline);
  }

  @Override
  public void close() {
    if (!isClosed.compareAndSet(false, true)) {
      return;
    }
    try (log;
        proposer) {
      calls.close();
    }
  }

  /// The calls without a transport, for tests of what they do.
  MethodTable methods() {
    return methods;
  }

  private void addCalls(ControlSettings settings) {
    Pulse pulse = new Pulse(System::nanoTime, settings.silentAfter());
    new MemberCalls(log, machine.members(), proposer, pulse, settings.commitTimeout())
        .addTo(methods);
    new MemoCalls(log, machine.memos(), proposer, counters, settings.commitTimeout())
        .addTo(methods);
    methods.on(ControlMethods.STATUS, _ -> status());
  }

  private void closeBelow(RuntimeException reason) {
    try (log;
        proposer) {
      isClosed.set(true);
    } catch (RuntimeException e) {
      reason.addSuppressed(e);
    }
  }
}
