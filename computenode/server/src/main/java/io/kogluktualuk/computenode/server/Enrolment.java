package io.kogluktualuk.computenode.server;

import io.kogluktualuk.controlplane.api.Load;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.NotFound;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the node in the membership: registers it, gives signs of life, hears who else is there,
/// and
/// begins again when the control plane was away or has forgotten it.
///
/// **Threading:** one thread of its own; [#close] and [#isEnrolled] from any.
/// **Bound:** one attempt per heartbeat.
final class Enrolment implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Enrolment.class);
  private static final Duration CLOSE_MAX = Duration.ofSeconds(5);

  private final ControlLink control;
  private final MemberInfo self;
  private final Duration heartbeat;
  private final Supplier<Load> load;
  private final Consumer<List<Member>> onMembers;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;
  private volatile boolean isEnrolled;
  private boolean isReported;

  private Enrolment(
      ControlLink control,
      MemberInfo self,
      Duration heartbeat,
      Supplier<Load> load,
      Consumer<List<Member>> onMembers) {
    this.control = control;
    this.self = self;
    this.heartbeat = heartbeat;
    this.load = load;
    this.onMembers = onMembers;
    this.thread =
        Thread.ofPlatform().daemon().name("compute-enrolment-" + self.name()).unstarted(this::run);
  }

  static Enrolment start(
      ControlLink control,
      MemberInfo self,
      Duration heartbeat,
      Supplier<Load> load,
      Consumer<List<Member>> onMembers) {
    Enrolment enrolment = new Enrolment(control, self, heartbeat, load, onMembers);
    enrolment.thread.start();
    return enrolment;
  }

  boolean isEnrolled() {
    return isEnrolled;
  }

  private void run() {
    do {
      try {
        beat();
        if (!isEnrolled) {
          LOG.info("compute node {} is a member", self.name());
        }
        isEnrolled = true;
        isReported = false;
      } catch (FabricException e) {
        away(e);
      }
    } while (!isStopped());
  }

  private void beat() {
    if (!isEnrolled) {
      control.call(client -> client.register(self));
    }
    try {
      sendHeartbeat();
    } catch (NotFound e) {
      control.call(client -> client.register(self));
    }
    onMembers.accept(control.call(client -> client.members().members()));
  }

  private void sendHeartbeat() {
    control.call(
        client -> {
          client.heartbeat(self.id(), load.get());
          return true;
        });
  }

  private void away(FabricException reason) {
    isEnrolled = false;
    if (!isReported && stop.getCount() > 0) {
      isReported = true; // once per absence, not once per attempt
      LOG.warn(
          "compute node {}: the control plane is away, trying on: {}",
          self.name(),
          reason.getMessage());
    }
  }

  private boolean isStopped() {
    try {
      return stop.await(heartbeat.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  @Override
  public void close() {
    stop.countDown();
    thread.interrupt();
    try {
      thread.join(CLOSE_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
