package io.kogluktualuk.rdma.transport.rpc;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.MethodTable;
import io.kogluktualuk.rdma.transport.endpoint.Acceptor;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers control calls. Handlers run on virtual threads; responses leave in any order.
///
/// **Threading:** any thread. **Bound:** [#CONNECTIONS_MAX] connections, [#CALLS_MAX] handlers at
/// one time; a call beyond that is answered with [Unavailable].
public final class RpcServer implements AutoCloseable {

  static final int CONNECTIONS_MAX = 256;
  static final int CALLS_MAX = 8192;

  /// When the caller of the handler that runs now stops waiting.
  public static final ScopedValue<Deadline> DEADLINE = ScopedValue.newInstance();

  private static final Logger LOG = LoggerFactory.getLogger(RpcServer.class);
  private static final Duration HANDLERS_END = Duration.ofSeconds(5);

  private final MethodTable methods;
  private final ExecutorService handlers =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("kog-rpc-handler-", 0).factory());
  private final Semaphore places = new Semaphore(CALLS_MAX);
  private final RpcGroup group;
  private final Acceptor acceptor;
  private boolean isClosed;

  private RpcServer(InetSocketAddress bind, MethodTable methods) {
    this.methods = methods;
    // Servers do not ping: a client that has died is told by the connection's end.
    this.group =
        RpcGroup.open(
            "kog-rpc-server-" + bind.getPort(), CONNECTIONS_MAX, _ -> false, new Receiver());
    try {
      this.acceptor = Acceptor.open(group, bind);
    } catch (RuntimeException e) {
      handlers.shutdown();
      group.shutDown();
      throw e;
    }
  }

  /// Starts to answer. Port 0 picks a free port; [#address] tells which.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Conflict when the port is in use
  public static RpcServer open(InetSocketAddress bind, MethodTable methods) {
    return new RpcServer(bind, methods);
  }

  public InetSocketAddress address() {
    return acceptor.address();
  }

  /// Gives each request to a virtual thread.
  private final class Receiver implements RpcEndpoint.Receiver {

    @Override
    public void onFrame(RpcEndpoint from, int ticket, Frame frame) {
      if (frame.kind() != Frame.Kind.REQUEST) {
        from.lose("the client sent an answer");
        return;
      }
      run(() -> serve(from, ticket, frame));
    }

    @Override
    public void onLost(RpcEndpoint endpoint, String reason) {
      LOG.debug("a client of {} is gone: {}", group, reason);
      run(() -> group.drop(endpoint));
    }
  }

  private void run(Runnable task) {
    try {
      handlers.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.debug("closing; a task was dropped");
    }
  }

  private void serve(RpcEndpoint from, int ticket, Frame request) {
    Frame answer;
    if (!places.tryAcquire()) {
      answer = fault(new Unavailable(CALLS_MAX + " calls are being answered already"));
    } else {
      try {
        answer = answer(request);
      } finally {
        places.release();
      }
    }
    from.answer(answer, ticket);
  }

  private Frame answer(Frame request) {
    int number = request.argument();
    String name = methods.nameOf(number);
    CanonicalReader reader = new CanonicalReader("request of " + name, request.payload());
    CanonicalWriter writer = new CanonicalWriter(Channel.MESSAGE_BYTES_MAX);
    Deadline deadline = Deadline.after(Duration.ofNanos(Math.max(0, request.nanos())));
    try {
      ScopedValue.where(DEADLINE, deadline).run(() -> methods.answer(number, reader, writer));
      return Frame.response(writer.toBytes());
    } catch (FabricException e) {
      return fault(e);
    } catch (RuntimeException | StackOverflowError e) {
      LOG.error("the handler of {} failed", name, e);
      return fault(new Refused(name + " failed at the server: " + e));
    }
  }

  private static Frame fault(FabricException fault) {
    byte[] message = String.valueOf(fault.getMessage()).getBytes(StandardCharsets.UTF_8);
    int length = Math.min(message.length, Frame.FAULT_BYTES_MAX);
    return Frame.fault(fault.tag(), Arrays.copyOf(message, length));
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
