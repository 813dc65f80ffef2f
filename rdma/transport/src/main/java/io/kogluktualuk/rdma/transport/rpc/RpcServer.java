package io.kogluktualuk.rdma.transport.rpc;

import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.MethodTable;
import io.kogluktualuk.rdma.transport.endpoint.Acceptor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers control calls. Handlers run on virtual threads, or on the completion thread where the
/// [MethodTable] says so; responses leave in any order. Clients that have died or fallen silent are
/// found by heartbeats, and their connections freed.
///
/// **Threading:** any thread. **Bound:** [#CONNECTIONS_MAX] connections, [#CALLS_MAX] calls being
/// answered at one time; a call beyond that is answered with [Unavailable].
public final class RpcServer implements AutoCloseable {

  static final int CONNECTIONS_MAX = 256;
  static final int CALLS_MAX = 8192;

  /// When the caller of the handler that runs now stops waiting. Not bound in inline handlers,
  /// which have no time to wait anyway.
  public static final ScopedValue<Deadline> DEADLINE = ScopedValue.newInstance();

  private static final Logger LOG = LoggerFactory.getLogger(RpcServer.class);
  private static final Duration HANDLERS_END = Duration.ofSeconds(5);

  private final ExecutorService handlers =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("kog-rpc-handler-", 0).factory());
  private final Semaphore places;
  private final Answering answering;
  private final Answering inlineAnswering;
  private final RpcSettings settings;
  private final RpcGroup group;
  private final Acceptor acceptor;
  private final RpcStatistics statistics = RpcStatistics.process();
  private final ServerGauges gauges;
  private boolean isClosed;

  /// How much one server takes on.
  ///
  /// @param window data messages on their way in each direction of a connection; the clients'
  ///     is the same
  record Limits(int connectionsMax, int callsMax, int window) {

    static final Limits STANDARD = new Limits(CONNECTIONS_MAX, CALLS_MAX, RpcEndpoint.WINDOW);
  }

  private RpcServer(
      InetSocketAddress bind, MethodTable methods, RpcSettings settings, Limits limits) {
    this.places = new Semaphore(limits.callsMax());
    this.answering = new Answering(methods);
    this.inlineAnswering = new Answering(methods);
    this.settings = settings;
    this.group =
        RpcGroup.open(
            "kog-rpc-server-" + bind.getPort(),
            new RpcGroup.Settings(settings, limits.connectionsMax(), limits.window(), () -> {}),
            statistics,
            new Receiver(methods));
    this.gauges = new ServerGauges(group, places, limits.callsMax());
    try {
      this.acceptor = Acceptor.open(group, bind);
    } catch (RuntimeException e) {
      handlers.shutdown();
      group.shutDown();
      throw e;
    }
    statistics.servers().add(gauges);
  }

  /// Starts to answer. Port 0 picks a free port; [#address] tells which.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Conflict when the port is in use
  public static RpcServer open(InetSocketAddress bind, MethodTable methods) {
    return open(bind, methods, RpcSettings.defaults());
  }

  /// Starts to answer whoever proves to be somebody as this says.
  public static RpcServer open(InetSocketAddress bind, MethodTable methods, RpcSecurity security) {
    return open(bind, methods, RpcSettings.defaults().withSecurity(security));
  }

  /// Starts to answer, with a patience of its own.
  public static RpcServer open(InetSocketAddress bind, MethodTable methods, RpcSettings settings) {
    return open(bind, methods, settings, Limits.STANDARD);
  }

  static RpcServer open(
      InetSocketAddress bind, MethodTable methods, RpcSettings settings, Limits limits) {
    return new RpcServer(bind, methods, settings, limits);
  }

  public InetSocketAddress address() {
    return acceptor.address();
  }

  /// Calls that are being answered by handlers of their own now.
  int callsInFlight() {
    return gauges.callsInFlight();
  }

  /// Connections that hold a place here now.
  int connections() {
    return gauges.connections();
  }

  /// Connections that have not proven yet who they are.
  int halfOpen() {
    return group.halfOpen().count();
  }

  /// Takes requests on the completion thread.
  private final class Receiver implements RpcEndpoint.Receiver {

    private final MethodTable methods;
    private final Frame answer = new Frame();

    Receiver(MethodTable methods) {
      this.methods = methods;
    }

    @Override
    public void onFrame(RpcEndpoint from, int ticket, Frame frame) {
      if (frame.kind != Frame.REQUEST) {
        from.lose("the client sent an answer");
      } else if (methods.isInline(frame.argument)) {
        inlineAnswering.answer(from.caller(), frame, answer);
        sendNow(from, ticket);
      } else if (places.tryAcquire()) {
        Frame request = Answering.copyOf(frame);
        run(() -> serve(from, ticket, request), places::release);
      } else {
        statistics.refused().increment();
        inlineAnswering.refuse(frame, answer);
        sendNow(from, ticket);
      }
    }

    /// Sends an answer with the others of this batch. When the client takes none, another thread
    /// waits for it.
    private void sendNow(RpcEndpoint to, int ticket) {
      statistics.served().increment();
      if (to.outbox().addNow(answer, ticket)) {
        return;
      }
      if (!places.tryAcquire()) {
        to.lose("the client sends requests and takes no answers");
        return;
      }
      Frame waiting = Answering.copyOf(answer);
      run(() -> send(to, ticket, waiting), places::release);
    }

    @Override
    public void onLost(RpcEndpoint endpoint, String reason) {
      LOG.debug("a client of {} is gone: {}", group, reason);
      run(() -> group.drop(endpoint), () -> {});
    }
  }

  private void run(Runnable task, Runnable last) {
    try {
      handlers.execute(
          () -> {
            try {
              task.run();
            } finally {
              last.run();
            }
          });
    } catch (RejectedExecutionException e) {
      last.run();
      LOG.debug("closing; a task was dropped");
    }
  }

  private void serve(RpcEndpoint from, int ticket, Frame request) {
    Deadline deadline = Deadline.after(Duration.ofNanos(Math.max(0, request.nanos)));
    Frame answer = new Frame();
    ScopedValue.where(DEADLINE, deadline)
        .run(() -> answering.answerAnew(from.caller(), request, answer));
    statistics.served().increment();
    send(from, ticket, answer);
  }

  private void send(RpcEndpoint to, int ticket, Frame answer) {
    to.answer(answer, ticket, settings.slowPeer());
  }

  /// Refuses new connections; those that are there go on.
  public void stopListening() {
    acceptor.close();
  }

  /// Stops accepting, drops the connections, interrupts the handlers and waits for them.
  @Override
  public synchronized void close() {
    if (isClosed) {
      return;
    }
    isClosed = true;
    statistics.servers().remove(gauges);
    acceptor.close();
    // First the connections: nobody is told that a handler was interrupted, they see the loss.
    group.shutDown();
    handlers.shutdownNow();
    try {
      if (!handlers.awaitTermination(HANDLERS_END.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("handlers of {} did not end when interrupted", acceptor.address());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
