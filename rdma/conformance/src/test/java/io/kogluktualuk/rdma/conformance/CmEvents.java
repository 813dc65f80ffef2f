package io.kogluktualuk.rdma.conformance;

import com.ibm.disni.verbs.RdmaCmEvent;
import com.ibm.disni.verbs.RdmaCmEvent.EventType;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.RdmaEventChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The connection manager's events of one channel, sorted by the id they are for. Acknowledges each
/// as it comes.
///
/// **Threading:** one thread.
final class CmEvents {

  /// @param id whom it is for: the listening id for a request
  /// @param connection the id that a request brings, else the same
  record Event(EventType type, RdmaCmId id, RdmaCmId connection) {}

  private static final Duration USUAL = Duration.ofSeconds(20);

  final RdmaEventChannel channel;
  private final List<Event> later = new ArrayList<>();

  CmEvents(RdmaEventChannel channel) {
    this.channel = channel;
  }

  static CmEvents create() throws IOException {
    return new CmEvents(RdmaEventChannel.createEventChannel());
  }

  /// The next event for an id, which must be this one.
  Event await(RdmaCmId id, EventType wanted) throws IOException {
    Event event = next(id, USUAL);
    if (event == null || event.type() != wanted) {
      throw new AssertionError(
          "expected " + wanted + ", found " + (event == null ? "nothing" : event.type()));
    }
    return event;
  }

  /// The next event for an id, or null when none comes in time.
  @Nullable Event next(RdmaCmId id, Duration usual) throws IOException {
    for (Iterator<Event> known = later.iterator(); known.hasNext(); ) {
      Event event = known.next();
      if (event.id() == id) {
        known.remove();
        return event;
      }
    }
    long deadline = System.nanoTime() + Suite.patient(usual).toNanos();
    while (true) {
      long millis = Math.max(0, (deadline - System.nanoTime()) / 1_000_000);
      Event event = take((int) millis);
      if (event == null) {
        return null;
      }
      if (event.id() == id) {
        return event;
      }
      later.add(event);
    }
  }

  private @Nullable Event take(int timeoutMillis) throws IOException {
    RdmaCmEvent event = channel.getCmEvent(timeoutMillis);
    if (event == null) {
      return null;
    }
    EventType type = EventType.values()[event.getEvent()];
    boolean isRequest = type == EventType.RDMA_CM_EVENT_CONNECT_REQUEST;
    Event taken =
        new Event(
            type,
            isRequest ? event.getListenIdPriv() : event.getConnIdPriv(),
            event.getConnIdPriv());
    event.ackEvent();
    return taken;
  }
}
