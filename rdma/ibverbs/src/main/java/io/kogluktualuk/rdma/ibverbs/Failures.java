package io.kogluktualuk.rdma.ibverbs;

import com.ibm.disni.verbs.RdmaCmEvent.EventType;
import java.net.SocketAddress;

/// Connection events that say how a connection failed or ended, in words.
final class Failures {

  // Reasons of REJ messages, InfiniBand architecture specification volume 1, 12.6.7.2.
  private static final int INVALID_SERVICE_ID = 8;
  private static final int STALE_CONNECTION = 10;
  private static final int CONSUMER_DEFINED = 28;

  private Failures() {}

  /// Empty for events that are no failure.
  ///
  /// @param status of the event: a reason code of a REJ message, or a negative errno
  static String of(int type, int status, SocketAddress peer) {
    return switch (EventType.values()[type]) {
      case RDMA_CM_EVENT_ADDR_ERROR ->
          "the address "
              + peer
              + " cannot be resolved to a route over an RDMA device"
              + errno(status);
      case RDMA_CM_EVENT_ROUTE_ERROR -> "there is no route to " + peer + errno(status);
      case RDMA_CM_EVENT_CONNECT_ERROR ->
          "the connection with " + peer + " could not be set up" + errno(status);
      case RDMA_CM_EVENT_UNREACHABLE -> peer + " is unreachable" + errno(status);
      case RDMA_CM_EVENT_REJECTED -> rejected(status, peer);
      case RDMA_CM_EVENT_DISCONNECTED -> "the peer disconnected";
      case RDMA_CM_EVENT_DEVICE_REMOVAL -> "the RDMA device was removed";
      case RDMA_CM_EVENT_ADDR_CHANGE -> "the address of the RDMA device has changed";
      case RDMA_CM_EVENT_ADDR_RESOLVED,
          RDMA_CM_EVENT_ROUTE_RESOLVED,
          RDMA_CM_EVENT_CONNECT_REQUEST,
          RDMA_CM_EVENT_CONNECT_RESPONSE,
          RDMA_CM_EVENT_ESTABLISHED,
          RDMA_CM_EVENT_MULTICAST_JOIN,
          RDMA_CM_EVENT_MULTICAST_ERROR,
          RDMA_CM_EVENT_TIMEWAIT_EXIT ->
          "";
    };
  }

  static String noAnswer(SocketAddress peer) {
    return peer + " did not answer in time";
  }

  private static String rejected(int reason, SocketAddress peer) {
    String why =
        switch (reason) {
          case INVALID_SERVICE_ID -> "nobody listens there";
          case STALE_CONNECTION -> "an older connection is in the way";
          case CONSUMER_DEFINED -> "the program there refused";
          default -> "see the reasons of REJ in the InfiniBand specification";
        };
    return peer + " rejected the connection: " + why + " (reason " + reason + ")";
  }

  private static String errno(int status) {
    return status == 0 ? "" : " (errno " + Math.abs(status) + ")";
  }
}
