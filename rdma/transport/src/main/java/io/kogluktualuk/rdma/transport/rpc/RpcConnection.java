package io.kogluktualuk.rdma.transport.rpc;

import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.rdma.provider.Verbs;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One established connection of a client: calls in flight by ticket.
///
/// **Threading:** any thread calls and closes.
/// **Bound:** [#CALLS_MAX] calls in flight; further ones wait for a place.
final class RpcConnection implements RpcEndpoint.Receiver, AutoCloseable {

  static final int CALLS_MAX = 1024;

  private static final Logger LOG = LoggerFactory.getLogger(RpcConnection.class);

  private final InetSocketAddress address;
  private final RpcGroup group;
  private final Map<Integer, PendingCall> calls = new ConcurrentHashMap<>();
  private final Semaphore places = new Semaphore(CALLS_MAX, true);
  private final AtomicInteger tickets = new AtomicInteger();
  private volatile @Nullable RpcEndpoint endpoint;
  private volatile @Nullable String lossReason;
  private boolean isClosed;

  private RpcConnection(InetSocketAddress address) {
    this.address = address;
    this.group =
        RpcGroup.open("kog-rpc-client-" + address.getPort(), 1, _ -> !calls.isEmpty(), this);
  }

  static RpcConnection open(InetSocketAddress address, Deadline deadline) {
    RpcConnection connection = new RpcConnection(address);
    try {
      connection.connect(deadline);
      return connection;
    } catch (RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private void connect(Deadline deadline) {
    long millis = TimeUnit.NANOSECONDS.toMillis(deadline.remainingNanos());
    if (millis <= 0) {
      throw new DeadlineExceeded("no time left to connect to " + address);
    }
    try {
      RpcEndpoint connecting = group.createEndpoint();
      connecting.connect(address, (int) Math.min(millis, Duration.ofMinutes(1).toMillis()));
      if (!connecting.isConnected()) {
        throw failure(connecting, deadline);
      }
      endpoint = connecting;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while connecting to " + address, e);
    } catch (Unavailable | DeadlineExceeded e) {
      throw e;
    } catch (Exception e) {
      throw new Unavailable("cannot connect to " + address + ": " + e.getMessage(), e);
    }
  }

  private RuntimeException failure(RpcEndpoint connecting, Deadline deadline) {
    String reason = Verbs.failureOf(connecting.getIdPriv());
    return deadline.hasPassed()
        ? new DeadlineExceeded("cannot connect to " + address + " in time: " + reason)
        : new Unavailable("cannot connect to " + address + ": " + reason);
  }

  boolean isLost() {
    return lossReason != null;
  }

  /// Makes a call; returns the answering frame.
  Frame call(int method, String name, byte[] request, Deadline deadline) throws ConnectionLost {
    try {
      if (!places.tryAcquire(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS)) {
        throw new DeadlineExceeded(
            name + " at " + address + ": " + CALLS_MAX + " calls are in flight already");
      }
      try {
        return callInPlace(method, name, request, deadline);
      } finally {
        places.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable(name + " at " + address + ": interrupted", e);
    }
  }

  private Frame callInPlace(int method, String name, byte[] request, Deadline deadline)
      throws ConnectionLost, InterruptedException {
    RpcEndpoint to = endpoint;
    int ticket = tickets.incrementAndGet() & Integer.MAX_VALUE;
    PendingCall call = new PendingCall();
    if (to != null && calls.isEmpty()) {
      to.onBusy();
    }
    calls.put(ticket, call);
    try {
      String lost = lossReason;
      if (lost != null || to == null) {
        throw new ConnectionLost(String.valueOf(lost), false);
      }
      send(to, Frame.request(method, deadline.remainingNanos(), request), ticket, name, deadline);
      return outcome(call.await(deadline), name, deadline);
    } finally {
      calls.remove(ticket, call);
    }
  }

  private void send(RpcEndpoint to, Frame frame, int ticket, String name, Deadline deadline)
      throws ConnectionLost, InterruptedException {
    try {
      if (!to.send(frame, ticket, deadline)) {
        throw new DeadlineExceeded(name + " at " + address + ": no credit to send in time");
      }
    } catch (IOException e) {
      throw new ConnectionLost(String.valueOf(e.getMessage()), false);
    }
  }

  private Frame outcome(PendingCall.@Nullable Outcome outcome, String name, Deadline deadline)
      throws ConnectionLost, InterruptedException {
    return switch (outcome) {
      case PendingCall.Outcome.Answered(var frame) -> frame;
      case PendingCall.Outcome.Lost(var reason) -> throw new ConnectionLost(reason, true);
      case null -> {
        if (!deadline.hasPassed()) {
          throw new InterruptedException();
        }
        throw new DeadlineExceeded(name + " at " + address + ": no answer in time");
      }
    };
  }

  @Override
  public void onFrame(RpcEndpoint from, int ticket, Frame frame) {
    PendingCall call = calls.remove(ticket);
    if (call != null) {
      call.complete(new PendingCall.Outcome.Answered(frame));
    } else {
      LOG.debug("{}: an answer came too late", address);
    }
  }

  @Override
  public void onLost(RpcEndpoint from, String reason) {
    lossReason = reason;
    calls.values().forEach(call -> call.complete(new PendingCall.Outcome.Lost(reason)));
  }

  /// Ends the connection and its threads; calls in flight are lost.
  @Override
  public synchronized void close() {
    if (isClosed) {
      return;
    }
    isClosed = true;
    group.shutDown();
  }
}
