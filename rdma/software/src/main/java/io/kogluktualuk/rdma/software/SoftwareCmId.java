package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.IbvContext;
import com.ibm.disni.verbs.RdmaCmEvent;
import com.ibm.disni.verbs.RdmaCmId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// One end of a connection, or a listener: what rdma_cm calls an id.
///
/// **Threading:** its own monitor guards its state; nothing is called while it is held.
final class SoftwareCmId extends RdmaCmId {

  private final SoftwareEventChannel events;
  private @Nullable InetSocketAddress target;
  private int timeoutMillis;
  private @Nullable InetSocketAddress bound;
  private @Nullable Listener listener;
  private @Nullable Connection connection;
  private @Nullable SoftwareQueuePair queuePair;
  private @Nullable ConnectionPath path;
  private String failure = "";
  private boolean isDestroyed;

  SoftwareCmId(SoftwareEventChannel events, IbvContext context) throws IOException {
    super(events, context);
    this.events = events;
    events.onIdCreated();
  }

  SoftwareEventChannel events() {
    return events;
  }

  void raise(RdmaCmEvent.EventType type) {
    events.add(type, null, this);
  }

  synchronized void target(InetSocketAddress address, int millis) {
    target = address;
    timeoutMillis = millis;
  }

  synchronized InetSocketAddress target() throws IOException {
    if (target == null) {
      throw new IOException("the address has not been resolved");
    }
    return target;
  }

  synchronized int timeoutMillis() {
    return timeoutMillis;
  }

  synchronized void bind(InetSocketAddress address) {
    bound = address;
  }

  synchronized @Nullable InetSocketAddress bound() {
    return bound;
  }

  synchronized void listener(Listener newListener) {
    listener = newListener;
  }

  synchronized @Nullable Listener listener() {
    return listener;
  }

  /// Keeps the connection; false when the id was destroyed meanwhile.
  synchronized boolean connection(Connection newConnection) {
    connection = newConnection;
    return !isDestroyed;
  }

  synchronized @Nullable Connection connection() {
    return connection;
  }

  synchronized void queuePair(SoftwareQueuePair newQueuePair) {
    queuePair = newQueuePair;
    setQp(newQueuePair);
  }

  synchronized @Nullable SoftwareQueuePair queuePair() {
    return queuePair;
  }

  synchronized void path(ConnectionPath newPath) {
    path = newPath;
  }

  /// Which way data goes, or went; null before the connection is up.
  synchronized @Nullable ConnectionPath path() {
    return path;
  }

  synchronized void failure(String reason) {
    failure = reason;
  }

  /// Why the connection failed, in words; empty when it has not.
  synchronized String failure() {
    return failure;
  }

  /// True for the first caller.
  synchronized boolean destroy() {
    boolean isFirst = !isDestroyed;
    isDestroyed = true;
    close();
    return isFirst;
  }

  /// Never fails: DiSNI asks for it while it handles events, and forgets the event if it does.
  SocketAddress source() {
    Listener listening = listener();
    Connection connecting = connection();
    if (listening != null) {
      return listening.address();
    }
    return connecting != null ? connecting.localAddress() : new InetSocketAddress(0);
  }

  SocketAddress destination() {
    Connection connecting = connection();
    return connecting != null ? connecting.remoteAddress() : targetOrNone();
  }

  private synchronized SocketAddress targetOrNone() {
    return target != null ? target : new InetSocketAddress(0);
  }
}
