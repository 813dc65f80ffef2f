package io.kogluktualuk.rdma.software;

/// Which data paths the connections of a process may take.
public enum PathChoice {
  /// Shared memory between processes of one host, TCP otherwise.
  AUTO,
  /// Shared memory only: peers on other hosts are out of reach.
  SHARED,
  /// TCP only, even between processes of one host.
  TCP
}
