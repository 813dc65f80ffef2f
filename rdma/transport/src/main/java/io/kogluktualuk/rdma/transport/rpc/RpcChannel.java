package io.kogluktualuk.rdma.transport.rpc;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.Method;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A channel that connects again after a loss.
///
/// A call whose connection is lost is sent once more when the peer cannot have acted on it, or when
/// its method is idempotent; otherwise it fails.
///
/// **Threading:** any thread; one at a time connects.
final class RpcChannel implements Channel {

  private static final Logger LOG = LoggerFactory.getLogger(RpcChannel.class);

  private final InetSocketAddress address;
  private final ReentrantLock connecting = new ReentrantLock();
  private volatile @Nullable RpcConnection current;
  private volatile boolean isClosed;

  RpcChannel(InetSocketAddress address) {
    this.address = address;
  }

  @Override
  public <Q, R> R call(Method<Q, R> method, Q request, Deadline deadline) {
    CanonicalWriter writer = new CanonicalWriter(MESSAGE_BYTES_MAX);
    method.request().write(request, writer);
    Frame answer = exchange(method, writer.toBytes(), deadline);
    if (answer.kind() == Frame.Kind.FAULT) {
      String message = new String(answer.payload(), StandardCharsets.UTF_8);
      throw FabricException.ofTag(answer.argument(), message);
    }
    CanonicalReader reader = new CanonicalReader("response of " + method.name(), answer.payload());
    R response = method.response().read(reader);
    reader.end();
    return response;
  }

  private Frame exchange(Method<?, ?> method, byte[] request, Deadline deadline) {
    if (deadline.hasPassed()) {
      throw new DeadlineExceeded(method.name() + " at " + address + ": no time left to call");
    }
    try {
      return connection(deadline).call(method.number(), method.name(), request, deadline);
    } catch (ConnectionLost first) {
      if (first.isSent() && !method.idempotent()) {
        throw lost(method, first);
      }
      try {
        return connection(deadline).call(method.number(), method.name(), request, deadline);
      } catch (ConnectionLost second) {
        throw lost(method, second);
      }
    }
  }

  private FabricException lost(Method<?, ?> method, ConnectionLost loss) {
    if (isClosed) {
      return new AlreadyClosed(method.name() + ": the channel to " + address + " was closed", loss);
    }
    String consequence = loss.isSent() ? "; whether it was done is unknown" : "";
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
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while connecting to " + address, e);
    }
    try {
      return connect(deadline);
    } finally {
      connecting.unlock();
    }
  }

  private RpcConnection connect(Deadline deadline) {
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
    RpcConnection fresh = RpcConnection.open(address, deadline);
    current = fresh;
    return fresh;
  }

  @Override
  public void close() {
    isClosed = true;
    connecting.lock();
    try {
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
