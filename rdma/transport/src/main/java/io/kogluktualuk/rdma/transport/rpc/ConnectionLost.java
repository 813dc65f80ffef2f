package io.kogluktualuk.rdma.transport.rpc;

/// A call's connection went away before its answer came.
final class ConnectionLost extends Exception {

  private static final long serialVersionUID = 1L;
  private final boolean isSent;

  ConnectionLost(String reason, boolean isSent) {
    super(reason, null, false, false);
    this.isSent = isSent;
  }

  /// Whether the peer may have acted on the request.
  boolean isSent() {
    return isSent;
  }
}
