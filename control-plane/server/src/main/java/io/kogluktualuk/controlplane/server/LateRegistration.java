package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.fabric.fault.FabricException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes a node a member once its logs have taken it in: it was started to be added, and until then
/// it can propose nothing.
///
/// **Threading:** a thread of its own; the rest from any. **Bound:** one attempt per pause.
final class LateRegistration implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LateRegistration.class);
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final Runnable register;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;

  private LateRegistration(Runnable register) {
    this.register = register;
    this.thread = Thread.ofPlatform().daemon().name("control-joining").unstarted(this::run);
  }

  /// @param register throws until it can be done
  static LateRegistration start(Runnable register) {
    LateRegistration late = new LateRegistration(register);
    late.thread.start();
    return late;
  }

  private void run() {
    try {
      while (!isRegistered() && !stop.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
        // It goes on until somebody adds this node, or closes it.
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // only close interrupts
    }
  }

  private boolean isRegistered() {
    try {
      register.run();
      return true;
    } catch (FabricException e) {
      LOG.debug("not taken in yet: {}", e.getMessage());
      return false;
    }
  }

  @Override
  public void close() {
    stop.countDown();
    thread.interrupt();
  }
}
