package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.RdmaCmEvent;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.RdmaEventChannel;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Connection events, in order.
///
/// When all ids of the channel are destroyed, waiting ends within [#ATTENTIVE_MILLIS]: DiSNI's
/// thread then looks whether it was stopped, instead of sleeping out its timeout.
///
/// **Threading:** any thread. **Bound:** a connection causes at most five events, and listeners
/// bound their connections.
final class SoftwareEventChannel extends RdmaEventChannel {

  private static final int ATTENTIVE_MILLIS = 2;

  private final ArrayDeque<RdmaCmEvent> events = new ArrayDeque<>();
  private int ids;
  private int unacknowledged;
  private boolean hadIds;

  SoftwareEventChannel(int number) throws IOException {
    super(number);
  }

  synchronized void onIdCreated() {
    ids++;
    hadIds = true;
  }

  /// Drops the id's events; returns the connections that were requested of it and not seen yet.
  synchronized List<RdmaCmId> onIdDestroyed(RdmaCmId id) {
    List<RdmaCmId> orphans = new ArrayList<>();
    for (RdmaCmEvent event : events) {
      if (event.getListenIdPriv() == id) {
        orphans.add(event.getConnIdPriv());
      }
    }
    events.removeIf(event -> event.getConnIdPriv() == id || event.getListenIdPriv() == id);
    ids--;
    notifyAll();
    return orphans;
  }

  synchronized void add(RdmaCmEvent.EventType type, @Nullable RdmaCmId listener, RdmaCmId id) {
    try {
      events.add(new RdmaCmEvent(type.ordinal(), listener, id));
    } catch (IOException e) {
      throw new IllegalStateException("cannot make a connection event", e);
    }
    notifyAll();
  }

  /// The next event, or null when none came in time.
  synchronized @Nullable RdmaCmEvent await(int timeoutMillis) throws IOException {
    long timeout = timeoutMillis < 0 ? TimeUnit.DAYS.toMillis(365) : timeoutMillis;
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeout);
    try {
      while (isOpen() && events.isEmpty()) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
          return null;
        }
        if (hadIds && ids == 0) {
          wait(ATTENTIVE_MILLIS);
          break;
        }
        wait(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for a connection event", e);
    }
    RdmaCmEvent event = events.poll();
    if (event != null) {
      unacknowledged++;
    }
    return event;
  }

  synchronized void onAcknowledged() {
    unacknowledged--;
  }

  /// Whether an event has been taken and not been acknowledged: somebody is still acting on it.
  synchronized boolean hasOpenEvents() {
    return unacknowledged > 0;
  }
}
