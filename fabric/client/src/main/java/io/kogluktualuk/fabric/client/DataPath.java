package io.kogluktualuk.fabric.client;

import java.util.Locale;

/// How bytes move between this process and the memory nodes. One decision for a process.
public enum DataPath {
  /// An RDMA device if there is one, else shared memory on one host and TCP between hosts.
  AUTO,
  /// An RDMA device, or nothing.
  NATIVE,
  /// Shared memory: memory nodes of this host only.
  SHARED,
  /// TCP, for hosts without an RDMA device.
  TCP;

  /// As it stands in a URL.
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
