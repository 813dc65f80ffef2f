package io.kogluktualuk.rdma.software;

/// Which way the data of one connection goes.
///
/// @param reason why this way, for people
public record ConnectionPath(Kind kind, String reason) {

  /// The ways there are.
  public enum Kind {
    SHARED_MEMORY,
    TCP
  }
}
