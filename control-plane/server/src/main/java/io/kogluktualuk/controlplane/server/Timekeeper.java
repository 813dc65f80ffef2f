package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.model.ControlMachine;
import io.kogluktualuk.controlplane.model.Proposal;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.paxoslog.api.LogStatus;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Proposes, each second, what [Timekeeping] finds due; the leader's alone does.
///
/// What fails is found due again a second later, so nothing is tried twice at once.
///
/// **Threading:** one own thread; [#close] from any.
final class Timekeeper implements AutoCloseable {

  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final MainLog main;
  private final ControlMachine machine;
  private final Pulse pulse;
  private final LongSupplier nanoClock;
  private final Timekeeping timekeeping;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  private Timekeeper(
      MainLog main,
      ControlMachine machine,
      Pulse pulse,
      Duration lostAfter,
      LongSupplier nanoClock) {
    this.main = main;
    this.machine = machine;
    this.pulse = pulse;
    this.nanoClock = nanoClock;
    this.timekeeping = new Timekeeping(lostAfter, nanoClock.getAsLong());
    this.thread = Thread.ofPlatform().daemon().name("control-timekeeper").unstarted(this::run);
  }

  static Timekeeper start(
      MainLog main,
      ControlMachine machine,
      Pulse pulse,
      Duration lostAfter,
      LongSupplier nanoClock) {
    Timekeeper timekeeper = new Timekeeper(main, machine, pulse, lostAfter, nanoClock);
    timekeeper.thread.start();
    return timekeeper;
  }

  private void run() {
    try {
      while (!closing.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
        tick();
      }
    } catch (InterruptedException _) {
      // Only close interrupts.
    }
  }

  private void tick() {
    try {
      LogStatus status = main.log().status();
      List<Proposal> due = main.log().read(this::due);
      if (status.failure() == null && status.role() == LogStatus.Role.LEADER && !due.isEmpty()) {
        main.proposer().propose(due, Deadline.after(main.timeout()));
      }
    } catch (FabricException _) {
      // The log has no leader, or has stopped: whoever calls hears of it; here it is due again.
    }
  }

  private List<Proposal> due() {
    pulse.keep(machine.members()::contains);
    List<Member> members =
        machine.members().page(null, Integer.MAX_VALUE).stream()
            .map(info -> pulse.of(info, machine.members().stateOf(info.id())))
            .toList();
    return timekeeping.due(
        nanoClock.getAsLong(),
        machine.elapsedMillis(),
        machine.leases().nextExpiryMillis(),
        members);
  }

  @Override
  public void close() {
    closing.countDown();
    thread.interrupt();
    try {
      thread.join(main.timeout());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
