package io.kogluktualuk.rdma.verbs;

import com.ibm.disni.verbs.RdmaCmEvent;
import com.ibm.disni.verbs.RdmaCmEvent.EventType;
import java.io.IOException;

/// Makes DiSNI's endpoints notice connections that fail.
///
/// `RdmaEndpoint` waits without limit for a state that it enters on three kinds of event only; it
/// ignores that a connection was rejected, is unreachable, or cannot be resolved. Endpoints pass
/// each event through [#understood] first: failures become the event that ends the wait.
public final class ConnectionEvents {

  private ConnectionEvents() {}

  /// Whether the connection is over, or will never be.
  public static boolean isEnd(RdmaCmEvent event) {
    return switch (EventType.values()[event.getEvent()]) {
      case RDMA_CM_EVENT_ADDR_RESOLVED,
          RDMA_CM_EVENT_ROUTE_RESOLVED,
          RDMA_CM_EVENT_CONNECT_REQUEST,
          RDMA_CM_EVENT_CONNECT_RESPONSE,
          RDMA_CM_EVENT_ESTABLISHED,
          RDMA_CM_EVENT_MULTICAST_JOIN,
          RDMA_CM_EVENT_TIMEWAIT_EXIT ->
          false;
      case RDMA_CM_EVENT_ADDR_ERROR,
          RDMA_CM_EVENT_ROUTE_ERROR,
          RDMA_CM_EVENT_CONNECT_ERROR,
          RDMA_CM_EVENT_UNREACHABLE,
          RDMA_CM_EVENT_REJECTED,
          RDMA_CM_EVENT_DISCONNECTED,
          RDMA_CM_EVENT_DEVICE_REMOVAL,
          RDMA_CM_EVENT_MULTICAST_ERROR,
          RDMA_CM_EVENT_ADDR_CHANGE ->
          true;
    };
  }

  /// The event as DiSNI's endpoints understand it.
  public static RdmaCmEvent understood(RdmaCmEvent event) throws IOException {
    int disconnected = EventType.RDMA_CM_EVENT_DISCONNECTED.ordinal();
    if (!isEnd(event) || event.getEvent() == disconnected) {
      return event;
    }
    return new RdmaCmEvent(disconnected, event.getListenIdPriv(), event.getConnIdPriv());
  }
}
