package io.kogluktualuk.rdma.ibverbs;

import com.ibm.disni.verbs.RdmaCmEvent;
import com.ibm.disni.verbs.RdmaCmEvent.EventType;
import com.ibm.disni.verbs.RdmaEventChannel;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Connection events of some ids, and the deadlines of those that wait to be connected.
///
/// librdmacm has no limit for an answer (a peer that is not there takes the kernel's connection
/// manager a minute): when the time that the caller gave is over, `UNREACHABLE` comes from here,
/// and whatever comes later for that id is dropped.
///
/// Disconnecting is an event at once for the side that does it. The kernel would tell it when the
/// peer has answered, which a busy peer does not, and DiSNI waits for the event while it closes.
///
/// When all ids of the channel are destroyed, waiting ends within [#ATTENTIVE_MILLIS]: DiSNI's
/// thread then looks whether it was stopped, instead of sleeping out its timeout.
///
/// **Threading:** any thread.
final class NativeEventChannel extends RdmaEventChannel {

  private static final int ATTENTIVE_MILLIS = 2;

  private final long number;
  private final NativeCm cm;
  private final Map<Long, NativeCmId> ids = new ConcurrentHashMap<>();

  /// When ids that are being connected give up, in [System#nanoTime].
  private final Map<NativeCmId, Long> deadlines = new ConcurrentHashMap<>();

  /// Ids that this side disconnected.
  private final Queue<NativeCmId> disconnected = new ConcurrentLinkedQueue<>();

  private final AtomicInteger unacknowledged = new AtomicInteger();
  private volatile boolean hadIds;

  NativeEventChannel(long number, NativeCm cm) throws IOException {
    super((int) number);
    this.number = number;
    this.cm = cm;
  }

  long number() {
    return number;
  }

  void onIdCreated(NativeCmId id) {
    ids.put(id.number(), id);
    hadIds = true;
  }

  void onIdDestroyed(NativeCmId id) {
    ids.remove(id.number());
    disconnected.remove(id);
    deadlines.remove(id);
    Natives.wakeEventChannel(number);
  }

  /// An event that says how the connection went must come in time; 0 is no limit.
  void expect(NativeCmId id, int timeoutMillis) {
    if (timeoutMillis > 0) {
      deadlines.put(id, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis));
      Natives.wakeEventChannel(number);
    }
  }

  /// This side ends a connection: it is over now, without waiting for the peer to agree.
  void onDisconnected(NativeCmId id) {
    if (id.endIfEstablished("disconnected here")) {
      disconnected.add(id);
      Natives.wakeEventChannel(number);
    }
  }

  void expectNoMore(NativeCmId id) {
    deadlines.remove(id);
  }

  /// The next event, or null when none came in time or the channel is being closed.
  ///
  /// @param timeoutMillis negative to wait until the channel is closed
  @Nullable RdmaCmEvent await(int timeoutMillis) throws IOException {
    long timeout = timeoutMillis < 0 ? TimeUnit.DAYS.toMillis(365) : timeoutMillis;
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeout);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment place = arena.allocate(Layout.EVENT, Long.BYTES);
      while (isOpen()) {
        RdmaCmEvent made = made();
        if (made != null) {
          return handOut(made);
        }
        boolean isAbandoned = hadIds && ids.isEmpty();
        int result = Natives.nextEvent(number, place.address(), pause(end, isAbandoned));
        RdmaCmEvent event = result == 1 ? read(place) : null;
        if (event != null) {
          return handOut(event);
        }
        if (result == Natives.EBADF || isAbandoned || System.nanoTime() - end >= 0) {
          return null;
        }
        if (result < 0 && result != Natives.EINTR) {
          throw new IOException("cannot take connection events, errno " + -result);
        }
      }
    }
    return null;
  }

  private RdmaCmEvent handOut(RdmaCmEvent event) {
    unacknowledged.incrementAndGet();
    return event;
  }

  /// Milliseconds to sleep, rounded up.
  private int pause(long end, boolean isAbandoned) {
    long now = System.nanoTime();
    long left = end - now;
    for (long deadline : deadlines.values()) {
      left = Math.min(left, deadline - now);
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(left + 999_999);
    return Math.clamp(millis, 0, isAbandoned ? ATTENTIVE_MILLIS : Integer.MAX_VALUE);
  }

  /// An event that does not come from the library.
  private @Nullable RdmaCmEvent made() throws IOException {
    NativeCmId gone = disconnected.poll();
    if (gone != null) {
      return new RdmaCmEvent(EventType.RDMA_CM_EVENT_DISCONNECTED.ordinal(), null, gone);
    }
    return overdue();
  }

  private @Nullable RdmaCmEvent overdue() throws IOException {
    long now = System.nanoTime();
    for (Map.Entry<NativeCmId, Long> entry : deadlines.entrySet()) {
      NativeCmId id = entry.getKey();
      if (now - entry.getValue() >= 0 && deadlines.remove(id) != null) {
        id.end(Failures.noAnswer(id.destination()));
        return new RdmaCmEvent(EventType.RDMA_CM_EVENT_UNREACHABLE.ordinal(), null, id);
      }
    }
    return null;
  }

  /// The event in DiSNI's terms; null when it concerns an id that is gone.
  private @Nullable RdmaCmEvent read(MemorySegment place) throws IOException {
    int type = place.get(ValueLayout.JAVA_INT, Layout.EVENT_TYPE);
    long idNumber = place.get(ValueLayout.JAVA_LONG, Layout.EVENT_ID);
    NativeCmId listener = ids.get(place.get(ValueLayout.JAVA_LONG, Layout.EVENT_LISTENER));
    boolean isRequest = type == EventType.RDMA_CM_EVENT_CONNECT_REQUEST.ordinal();
    NativeCmId id = isRequest ? cm.adopt(this, idNumber) : ids.get(idNumber);
    if (isRequest && listener == null) {
      // Nobody would ever answer it; being destroyed rejects it.
      if (id != null) {
        cm.destroyCmId(id);
      }
      return null;
    }
    if (id == null || id.isOver()) {
      return null;
    }
    String failure =
        Failures.of(type, place.get(ValueLayout.JAVA_INT, Layout.EVENT_STATUS), id.destination());
    boolean isEstablished = type == EventType.RDMA_CM_EVENT_ESTABLISHED.ordinal();
    if (isEstablished) {
      id.onEstablished();
    }
    if (isEstablished || !failure.isEmpty()) {
      deadlines.remove(id);
    }
    if (!failure.isEmpty() && !id.end(failure)) {
      return null;
    }
    return new RdmaCmEvent(type, listener, id);
  }

  void onAcknowledged() {
    unacknowledged.decrementAndGet();
  }

  /// Whether an event has been taken and not been acknowledged: somebody is still acting on it.
  boolean hasOpenEvents() {
    return unacknowledged.get() > 0;
  }

  /// Ends all waiting, now and later.
  @Override
  public void close() {
    super.close();
    Natives.wakeEventChannel(number);
  }
}
