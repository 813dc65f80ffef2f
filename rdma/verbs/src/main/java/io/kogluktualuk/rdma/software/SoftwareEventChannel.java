package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.RdmaCmEvent;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.RdmaEventChannel;
import java.io.IOException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Connection events, in order.
///
/// When all ids of the channel are destroyed, waiting ends within [#ATTENTIVE_MILLIS]: DiSNI's
/// thread then looks whether it was stopped, instead of sleeping out its timeout.
///
/// **Threading:** any thread. **Bound:** each connection causes at most [#EVENTS_PER_ID] events,
/// and listeners bound their connections.
final class SoftwareEventChannel extends RdmaEventChannel {

  static final int EVENTS_PER_ID = 5;

  private static final int ATTENTIVE_MILLIS = 2;
  private static final int SLICE_MILLIS = 25;

  private final LinkedBlockingQueue<RdmaCmEvent> events = new LinkedBlockingQueue<>();
  private final AtomicInteger ids = new AtomicInteger();
  private volatile boolean hadIds;

  SoftwareEventChannel(int number) throws IOException {
    super(number);
  }

  void onIdCreated() {
    ids.incrementAndGet();
    hadIds = true;
  }

  void onIdDestroyed(RdmaCmId id) {
    events.removeIf(event -> event.getConnIdPriv() == id || event.getListenIdPriv() == id);
    ids.decrementAndGet();
  }

  void add(RdmaCmEvent.EventType type, @Nullable RdmaCmId listener, RdmaCmId id) {
    try {
      events.add(new SoftwareCmEvent(type, listener, id));
    } catch (IOException e) {
      throw new IllegalStateException("cannot make a connection event", e);
    }
  }

  /// The next event, or null when none came in time.
  @Nullable RdmaCmEvent await(int timeoutMillis) throws IOException {
    long deadline =
        System.nanoTime()
            + (timeoutMillis < 0
                ? TimeUnit.DAYS.toNanos(365)
                : TimeUnit.MILLISECONDS.toNanos(timeoutMillis));
    try {
      while (isOpen()) {
        RdmaCmEvent event = events.poll();
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (event != null || left <= 0) {
          return event;
        }
        if (hadIds && ids.get() == 0) {
          return events.poll(ATTENTIVE_MILLIS, TimeUnit.MILLISECONDS);
        }
        event = events.poll(Math.min(left, SLICE_MILLIS), TimeUnit.MILLISECONDS);
        if (event != null) {
          return event;
        }
      }
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for a connection event", e);
    }
  }

  /// An event of this provider.
  private static final class SoftwareCmEvent extends RdmaCmEvent {
    SoftwareCmEvent(EventType type, @Nullable RdmaCmId listener, RdmaCmId id) throws IOException {
      super(type.ordinal(), listener, id);
    }
  }
}
