package io.kogluktualuk.rdma.transport.rpc;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.Method;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A channel that connects again after a loss.
///
/// A call whose connection is lost is sent again when the peer cannot have acted on it, or when its
/// method is idempotent, [RpcSettings#resendsMax] times at most; otherwise it fails. An attempt to
/// connect that fails fails the call that made it; the next attempt waits a little, see [Backoff].
///
/// **Threading:** any thread; one at a time connects.
final class RpcChannel implements Channel {

  private static final Logger LOG = LoggerFactory.getLogger(RpcChannel.class);

  private final InetSocketAddress address;
  private final RpcSettings settings;
  private final int window;
  private final RpcStatistics statistics = RpcStatistics.process();
  private final ReentrantLock connecting = new ReentrantLock();
  private final Condition closing = connecting.newCondition();
  private final Backoff backoff;
  private volatile @Nullable RpcConnection current;
  private volatile boolean isClosed;
  private boolean hasConnected;

  /// @param window data messages on their way in each direction; the server's is the same
  RpcChannel(InetSocketAddress address, RpcSettings settings, int window, RandomGenerator jitter) {
    this.address = address;
    this.settings = settings;
    this.window = window;
    this.backoff = new Backoff(settings.reconnectMin(), settings.reconnectMax(), jitter);
  }

  @Override
  public <Q, R> R call(Method<Q, R> method, Q request, Deadline deadline) {
    RpcConnection known = current;
    if (known != null && !known.isLost() && !deadline.hasPassed()) {
      try {
        return known.call(method, request, deadline);
      } catch (ConnectionLost loss) {
        return callAgain(method, request, deadline, loss, settings.resendsMax());
      }
    }
    return callAgain(method, request, deadline, null, settings.resendsMax() + 1);
  }

  private <Q, R> R callAgain(
      Method<Q, R> method,
      Q request,
      Deadline deadline,
      @Nullable ConnectionLost before,
      int attempts) {
    ConnectionLost loss = before;
    for (int left = attempts; left > 0; left--) {
      if (loss != null) {
        if (loss.isSent() && !method.idempotent()) {
          break;
        }
        statistics.resent().increment();
      }
      if (deadline.hasPassed()) {
        statistics.ended(RpcStatistics.Result.DEADLINE);
        throw new DeadlineExceeded(method.name() + " at " + address + ": no time left to call");
      }
      try {
        return connectionFor(method, deadline).call(method, request, deadline);
      } catch (ConnectionLost e) {
        loss = e;
      }
    }
    throw lost(method, loss);
  }

  private RpcConnection connectionFor(Method<?, ?> method, Deadline deadline) {
    try {
      return connection(deadline);
    } catch (FabricException e) {
      statistics.ended(
          e instanceof DeadlineExceeded
              ? RpcStatistics.Result.DEADLINE
              : RpcStatistics.Result.UNREACHABLE);
      LOG.debug("{} cannot be sent: {}", method.name(), e.getMessage());
      throw e;
    }
  }

  private FabricException lost(Method<?, ?> method, @Nullable ConnectionLost loss) {
    statistics.ended(RpcStatistics.Result.LOST);
    if (loss == null || isClosed) {
      return new AlreadyClosed(method.name() + ": the channel to " + address + " was closed", loss);
    }
    String consequence =
        !loss.isSent()
            ? "; it was not sent"
            : method.idempotent()
                ? "; it may or may not have happened, and can be tried again"
                : "; it may or may not have happened, and is not sent again";
    return new Unavailable(
        method.name() + ": lost " + address + ": " + loss.getMessage() + consequence, loss);
  }

  /// Connects unless there is a connection.
  void open(Deadline deadline) {
    RpcConnection connection = connection(deadline);
    LOG.debug("connected to {}: {}", address, connection);
  }

  /// The connection; makes one when there is none or it is lost.
  private RpcConnection connection(Deadline deadline) {
    RpcConnection known = current;
    if (known != null && !known.isLost() && !isClosed) {
      return known;
    }
    try {
      if (!connecting.tryLock(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS)) {
        throw new DeadlineExceeded("no connection to " + address + " in time");
      }
      try {
        return connect(deadline);
      } finally {
        connecting.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while connecting to " + address, e);
    }
  }

  private RpcConnection connect(Deadline deadline) throws InterruptedException {
    pause(deadline);
    if (isClosed) {
      throw new AlreadyClosed("the channel to " + address + " is closed");
    }
    RpcConnection known = current;
    if (known != null && !known.isLost()) {
      return known;
    }
    if (known != null) {
      current = null;
      known.close();
    }
    try {
      RpcConnection fresh = RpcConnection.open(address, settings, window, deadline);
      statistics.connects().increment();
      if (hasConnected) {
        statistics.reconnects().increment();
      }
      hasConnected = true;
      backoff.onSuccess();
      current = fresh;
      return fresh;
    } catch (FabricException e) {
      backoff.onFailure(System.nanoTime());
      throw e;
    }
  }

  /// Waits as long as the last failure demands.
  private void pause(Deadline deadline) throws InterruptedException {
    long left = backoff.pauseNanos(System.nanoTime());
    while (left > 0 && !isClosed) {
      long time = deadline.remainingNanos();
      if (time <= 0) {
        throw new DeadlineExceeded(
            "no connection to " + address + " in time: the last attempt has failed");
      }
      long woken = closing.awaitNanos(Math.min(left, time));
      LOG.trace("paused, {} ns too short", woken);
      left = backoff.pauseNanos(System.nanoTime());
    }
  }

  @Override
  public void close() {
    isClosed = true;
    connecting.lock();
    try {
      closing.signalAll();
      RpcConnection known = current;
      current = null;
      if (known != null) {
        known.close();
      }
    } finally {
      connecting.unlock();
    }
  }
}
