package io.kogluktualuk.memnode.server;

import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.Load;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.rdma.transport.rpc.RpcClient;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a node in the membership: registers it, gives signs of life, and begins again when the
/// control plane was away or has forgotten it. A node without control plane goes on serving.
///
/// **Threading:** one thread of its own; [#close] and [#isEnrolled] from any.
/// **Ownership:** owns the thread and its channel.
/// **Bound:** one attempt per heartbeat.
final class Enrolment implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Enrolment.class);
  private static final Duration CALL_MAX = Duration.ofSeconds(5);

  private final MemberInfo self;
  private final List<InetSocketAddress> control;
  private final Duration heartbeat;
  private final Supplier<Load> load;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;
  private volatile boolean enrolled;
  private boolean reported;

  private Enrolment(
      MemberInfo self, List<InetSocketAddress> control, Duration heartbeat, Supplier<Load> load) {
    this.self = self;
    this.control = control;
    this.heartbeat = heartbeat;
    this.load = load;
    this.thread = Thread.ofVirtual().name("memnode-enrolment-" + self.name()).unstarted(this::run);
  }

  static Enrolment start(
      MemberInfo self, List<InetSocketAddress> control, Duration heartbeat, Supplier<Load> load) {
    Enrolment enrolment = new Enrolment(self, control, heartbeat, load);
    enrolment.thread.start();
    return enrolment;
  }

  /// Whether the last sign of life arrived.
  boolean isEnrolled() {
    return enrolled;
  }

  private void run() {
    for (int attempt = 0; !control.isEmpty() && !isStopped(Duration.ZERO); attempt++) {
      InetSocketAddress address = control.get(attempt % control.size());
      try (Channel channel = RpcClient.connect(address, Deadline.after(CALL_MAX))) {
        beat(new ControlClient(channel, CALL_MAX), address);
      } catch (FabricException e) {
        away(address, e);
      }
      if (isStopped(heartbeat)) {
        return;
      }
    }
  }

  /// Registers and gives signs of life until something fails.
  private void beat(ControlClient client, InetSocketAddress address) {
    client.register(self);
    enrolled = true;
    reported = false;
    LOG.info("memory node {} is a member by {}", self.name(), address);
    while (!isStopped(heartbeat)) {
      try {
        client.heartbeat(self.id(), load.get());
      } catch (NotFound e) {
        client.register(self);
      }
    }
  }

  private void away(InetSocketAddress address, FabricException reason) {
    enrolled = false;
    if (!reported && stop.getCount() > 0) {
      reported = true; // once per absence, not once per attempt
      LOG.warn(
          "memory node {}: the control plane at {} is away, trying on: {}",
          self.name(),
          address,
          reason.getMessage());
    }
  }

  private boolean isStopped(Duration atMost) {
    try {
      return stop.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
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
      thread.join(CALL_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
