package io.kogluktualuk.rdma.transport.rpc;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.Method;
import io.kogluktualuk.rdma.provider.Verbs;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One established connection of a client.
///
/// A call allocates nothing here: what it allocates is what its codecs do.
///
/// **Threading:** any thread calls and closes.
/// **Bound:** [PendingCall#PLACES] calls in flight; further ones wait for a place.
final class RpcConnection implements RpcEndpoint.Receiver, RpcStatistics.Gauges, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RpcConnection.class);

  private final InetSocketAddress address;
  private final RpcStatistics statistics = RpcStatistics.process();
  private final CallTable calls = new CallTable();
  private final RpcGroup group;
  private volatile @Nullable RpcEndpoint endpoint;
  private volatile @Nullable String lossReason;
  private boolean isClosed;

  private RpcConnection(InetSocketAddress address, RpcSettings settings, int window) {
    this.address = address;
    this.group =
        RpcGroup.open(
            "kog-rpc-client-" + address.getPort(),
            new RpcGroup.Settings(settings, 1, window, calls::poke),
            statistics,
            this);
  }

  static RpcConnection open(
      InetSocketAddress address, RpcSettings settings, int window, Deadline deadline) {
    RpcConnection connection = new RpcConnection(address, settings, window);
    try {
      connection.connect(settings, deadline);
      connection.statistics.clients().add(connection);
      return connection;
    } catch (RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /// The server, for messages.
  private String where() {
    return address.getHostString() + ":" + address.getPort();
  }

  private void connect(RpcSettings settings, Deadline deadline) {
    long nanos = Math.min(deadline.remainingNanos(), settings.connectMax().toNanos());
    long begun = System.nanoTime();
    if (nanos <= 0) {
      throw new DeadlineExceeded("no time left to connect to " + where());
    }
    try {
      RpcEndpoint connecting = group.createEndpoint();
      Thread watchdog = watch(connecting, nanos);
      try {
        connecting.connect(address, (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
      } finally {
        watchdog.interrupt();
      }
      if (!connecting.isConnected()) {
        throw failure(connecting, deadline);
      }
      connecting.secure(address, nanos - (System.nanoTime() - begun));
      endpoint = connecting;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while connecting to " + where(), e);
    } catch (Unavailable | DeadlineExceeded | Refused e) {
      throw e;
    } catch (Exception e) {
      if (deadline.hasPassed()) {
        throw new DeadlineExceeded("cannot connect to " + where() + " in time", e);
      }
      throw new Unavailable("cannot connect to " + where() + ": " + e.getMessage(), e);
    }
  }

  /// DiSNI waits without limit for events that may never come.
  private static Thread watch(RpcEndpoint connecting, long nanos) {
    long start = System.nanoTime();
    return Thread.startVirtualThread(
        () -> {
          long left = nanos;
          while (left > 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(left);
            left = nanos - (System.nanoTime() - start);
          }
          if (left <= 0 && !connecting.isUp()) {
            connecting.giveUpConnecting("no answer in " + nanos / 1_000_000 + " ms");
          }
        });
  }

  private RuntimeException failure(RpcEndpoint connecting, Deadline deadline) {
    String known = Verbs.failureOf(connecting.getIdPriv());
    String reason = known.isEmpty() ? Objects.toString(lossReason, "no reason is known") : known;
    return deadline.hasPassed()
        ? new DeadlineExceeded("cannot connect to " + where() + " in time: " + reason)
        : new Unavailable("cannot connect to " + where() + ": " + reason);
  }

  boolean isLost() {
    RpcEndpoint known = endpoint;
    return lossReason != null || known != null && known.isLost();
  }

  /// Makes a call.
  <Q, R> R call(Method<Q, R> method, Q request, Deadline deadline) throws ConnectionLost {
    try {
      PendingCall call = calls.take(deadline);
      if (call == null) {
        throw late(method, PendingCall.PLACES + " calls are in flight already");
      }
      try {
        call.request.clear();
        method.request().write(request, call.request);
        exchange(method, call, deadline);
        return result(method, call);
      } finally {
        calls.giveBack(call);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      statistics.ended(RpcStatistics.Result.INTERRUPTED);
      throw new Unavailable(method.name() + " at " + where() + ": interrupted", e);
    }
  }

  private void exchange(Method<?, ?> method, PendingCall call, Deadline deadline)
      throws ConnectionLost, InterruptedException {
    RpcEndpoint to = Objects.requireNonNull(endpoint);
    long id = call.begin();
    call.frame
        .of(Frame.REQUEST, (short) (id >>> 32), method.number(), deadline.remainingNanos())
        .carrying(call.request.buffer(), 0, call.request.length());
    long place = to.outbox().add(call.frame, (int) id, deadline);
    if (place == Outbox.GONE) {
      throw new ConnectionLost(String.valueOf(to.lossReason()), false);
    }
    if (place == Outbox.NO_ROOM) {
      throw late(method, "no credit to send in time");
    }
    if (!call.await(deadline)) {
      boolean isWithdrawn = to.outbox().withdraw(place);
      if (!deadline.hasPassed()) {
        throw new InterruptedException();
      }
      throw late(method, isWithdrawn ? "no credit to send in time" : "no answer in time");
    }
    String lost = call.lossReason;
    if (lost != null) {
      throw new ConnectionLost(lost, to.outbox().isSent(place));
    }
  }

  private DeadlineExceeded late(Method<?, ?> method, String reason) {
    statistics.ended(RpcStatistics.Result.DEADLINE);
    return new DeadlineExceeded(method.name() + " at " + where() + ": " + reason);
  }

  private <R> R result(Method<?, R> method, PendingCall call) {
    if (call.answerKind == Frame.FAULT) {
      statistics.ended(RpcStatistics.Result.FAULT);
      throw FabricException.ofTag(
          call.answerArgument,
          new String(call.answer, 0, call.answerLength, StandardCharsets.UTF_8));
    }
    CanonicalReader reader = call.response;
    reader.over(method.name(), call.answer, 0, call.answerLength);
    try {
      R response = method.response().read(reader);
      reader.end();
      statistics.ended(RpcStatistics.Result.OK);
      return response;
    } catch (MalformedEncoding e) {
      statistics.ended(RpcStatistics.Result.FAULT);
      throw new MalformedEncoding("response of " + e.getMessage(), e);
    }
  }

  @Override
  public void onFrame(RpcEndpoint from, int ticket, Frame frame) {
    if (frame.kind == Frame.REQUEST) {
      from.lose("the server sent a request");
      return;
    }
    long id = (long) Short.toUnsignedInt(frame.series) << 32 | Integer.toUnsignedLong(ticket);
    PendingCall call = calls.at(ticket);
    if (call == null || !call.answer(id, frame)) {
      LOG.debug("{}: an answer came too late", where());
    }
  }

  @Override
  public void onLost(RpcEndpoint from, String reason) {
    lossReason = reason;
    calls.loseAll(reason);
  }

  @Override
  public int callsInFlight() {
    return calls.inFlight();
  }

  @Override
  public int creditsAvailable() {
    RpcEndpoint to = endpoint;
    return to == null || to.isLost() ? 0 : to.outbox().creditsAvailable();
  }

  @Override
  public int waitingForCredits() {
    RpcEndpoint to = endpoint;
    return to == null || to.isLost() ? 0 : to.outbox().waiting();
  }

  @Override
  public int connections() {
    return isLost() ? 0 : 1;
  }

  /// Ends the connection and its threads; calls in flight are lost.
  @Override
  public synchronized void close() {
    if (isClosed) {
      return;
    }
    isClosed = true;
    statistics.clients().remove(this);
    group.shutDown();
  }
}
