package io.kogluktualuk.rdma.transport.endpoint;

import com.ibm.disni.RdmaEndpoint;
import com.ibm.disni.RdmaEndpointGroup;
import com.ibm.disni.RdmaServerEndpoint;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.rdma.provider.Verbs;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Accepts the connections of one listening endpoint, on a thread of its own.
///
/// **Threading:** any thread. **Ownership:** the connections belong to their group.
public final class Acceptor implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);
  private static final int BACKLOG = 128;
  private static final long QUIET_NANOS_MAX = TimeUnit.SECONDS.toNanos(2);

  private final RdmaServerEndpoint<? extends RdmaEndpoint> listening;
  private final InetSocketAddress address;
  private final Thread thread;
  private volatile boolean isClosing;

  private Acceptor(
      RdmaServerEndpoint<? extends RdmaEndpoint> listening, InetSocketAddress address) {
    this.listening = listening;
    this.address = address;
    this.thread =
        Thread.ofPlatform()
            .daemon()
            .name("kog-rdma-accept-" + address.getPort())
            .unstarted(this::acceptAll);
  }

  /// Starts to accept. Port 0 picks a free port.
  ///
  /// @throws Conflict when the port is in use
  public static Acceptor open(
      RdmaEndpointGroup<? extends RdmaEndpoint> group, InetSocketAddress bind) {
    try {
      var listening = group.createServerEndpoint();
      listening.bind(bind, BACKLOG);
      var acceptor = new Acceptor(listening, (InetSocketAddress) listening.getSrcAddr());
      acceptor.thread.start();
      return acceptor;
    } catch (BindException e) {
      throw new Conflict("cannot listen on " + bind + ": " + e.getMessage(), e);
    } catch (Exception e) {
      throw new Unavailable("cannot listen on " + bind + ": " + e.getMessage(), e);
    }
  }

  /// The address with the real port.
  public InetSocketAddress address() {
    return address;
  }

  private void acceptAll() {
    while (!isClosing) {
      try {
        RdmaEndpoint accepted = listening.accept();
        LOG.debug("{}: accepted {}", address, accepted);
      } catch (IOException | RuntimeException e) {
        if (!isClosing) {
          LOG.debug("{}: a connection was not accepted: {}", address, e.toString());
        }
      }
    }
  }

  /// Stops listening; returns when nobody acts on a connection request any more.
  @Override
  public void close() {
    if (isClosing) {
      return;
    }
    isClosing = true;
    boolean wasInterrupted = Thread.interrupted();
    try {
      listening.close();
      while (thread.isAlive()) {
        thread.interrupt();
        thread.join(10);
      }
    } catch (IOException e) {
      LOG.warn("{}: closing the listener failed", address, e);
    } catch (InterruptedException e) {
      wasInterrupted = true;
    }
    awaitQuiet();
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitQuiet() {
    long started = System.nanoTime();
    while (Verbs.hasOpenEvents(listening.getIdPriv())
        && System.nanoTime() - started < QUIET_NANOS_MAX) {
      LockSupport.parkNanos(100_000);
    }
  }
}
