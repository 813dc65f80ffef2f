package io.kogluktualuk.rdma.ibverbs;

import com.ibm.disni.verbs.IbvContext;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.impl.NativeDispatcher;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// One end of a connection, or a listener: what rdma_cm calls an id.
///
/// **Threading:** its own monitor guards its state.
final class NativeCmId extends RdmaCmId {

  private static final InetSocketAddress UNKNOWN = new InetSocketAddress(0);

  private final long number;
  private final NativeEventChannel events;
  private final NativeDispatcher dispatcher;
  private final Contexts contexts;
  private @Nullable InetSocketAddress target;
  private int timeoutMillis;
  private @Nullable NativeQueuePair queuePair;
  private String failure = "";
  private boolean isEstablished;
  private boolean isOver;

  NativeCmId(long number, NativeEventChannel events, NativeDispatcher dispatcher, Contexts contexts)
      throws IOException {
    super(events, null);
    this.number = number;
    this.events = events;
    this.dispatcher = dispatcher;
    this.contexts = contexts;
  }

  long number() {
    return number;
  }

  NativeEventChannel events() {
    return events;
  }

  /// The device that the id is bound or resolved to; the standard one for a listener on all
  /// addresses, which is bound to none.
  @Override
  public IbvContext getVerbs() throws IOException {
    try {
      return contexts.of(dispatcher._getContext(number));
    } catch (IOException e) {
      if (!isOpen()) {
        throw e;
      }
      return contexts.standard();
    }
  }

  synchronized void target(InetSocketAddress address, int millis) {
    target = address;
    timeoutMillis = millis;
  }

  synchronized int timeoutMillis() {
    return timeoutMillis;
  }

  synchronized void queuePair(NativeQueuePair made) {
    queuePair = made;
    setQp(made);
  }

  int destroyQueuePair() {
    NativeQueuePair going;
    synchronized (this) {
      going = queuePair;
      queuePair = null;
    }
    if (going == null) {
      return 0;
    }
    going.close();
    return dispatcher._destroyQP(number);
  }

  /// Why the connection failed or ended, in words; empty when it has not.
  synchronized String failure() {
    return failure;
  }

  synchronized void onEstablished() {
    isEstablished = true;
  }

  /// The connection has failed or ended. True for the first caller; whatever is heard later comes
  /// too late.
  synchronized boolean end(String reason) {
    boolean isFirst = !isOver;
    if (isFirst) {
      isOver = true;
      failure = reason;
    }
    return isFirst;
  }

  /// As [#end], but only of a connection that is up.
  synchronized boolean endIfEstablished(String reason) {
    return isEstablished && end(reason);
  }

  synchronized boolean isOver() {
    return isOver;
  }

  /// True for the first caller.
  synchronized boolean destroy() {
    boolean isFirst = isOpen();
    close();
    NativeQueuePair going = queuePair;
    if (going != null) {
      going.close();
      queuePair = null;
    }
    return isFirst;
  }

  /// Never fails: DiSNI asks for it while it handles events, and forgets the event if it does.
  SocketAddress source() {
    return address(true, UNKNOWN);
  }

  SocketAddress destination() {
    InetSocketAddress wanted;
    synchronized (this) {
      wanted = target == null ? UNKNOWN : target;
    }
    return address(false, wanted);
  }

  private InetSocketAddress address(boolean isSource, InetSocketAddress otherwise) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment place = SocketAddresses.allocate(arena);
      int result =
          isSource
              ? dispatcher._getSrcAddr(number, place.address())
              : dispatcher._getDstAddr(number, place.address());
      InetSocketAddress found = result == 0 ? SocketAddresses.read(place) : null;
      return found == null ? otherwise : found;
    }
  }

  @Override
  public String toString() {
    return "id " + Long.toHexString(number);
  }
}
