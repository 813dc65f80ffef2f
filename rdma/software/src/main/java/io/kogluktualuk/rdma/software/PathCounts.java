package io.kogluktualuk.rdma.software;

import java.util.concurrent.atomic.AtomicLongArray;

/// How many connections go which way.
///
/// **Threading:** any thread.
public final class PathCounts {

  private final AtomicLongArray open = new AtomicLongArray(ConnectionPath.Kind.values().length);
  private final AtomicLongArray all = new AtomicLongArray(ConnectionPath.Kind.values().length);

  PathCounts() {}

  void onOpened(ConnectionPath.Kind kind) {
    open.incrementAndGet(kind.ordinal());
    all.incrementAndGet(kind.ordinal());
  }

  void onClosed(ConnectionPath.Kind kind) {
    open.decrementAndGet(kind.ordinal());
  }

  /// Connections that are up now.
  public long open(ConnectionPath.Kind kind) {
    return open.get(kind.ordinal());
  }

  /// Connections that have been up since the process began.
  public long ever(ConnectionPath.Kind kind) {
    return all.get(kind.ordinal());
  }
}
