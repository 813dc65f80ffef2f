package io.kogluktualuk.fabric.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// The last few of many that come one after the other.
///
/// **Threading:** one thread. **Bound:** as many as asked for.
final class Latest<T> {

  private final int max;
  private final Deque<T> kept = new ArrayDeque<>();

  /// @param max how many to keep; none when that is not positive
  Latest(int max) {
    this.max = max;
  }

  void add(T next) {
    kept.addLast(next);
    if (kept.size() > Math.max(0, max)) {
      kept.removeFirst();
    }
  }

  /// Oldest first.
  List<T> all() {
    return List.copyOf(kept);
  }
}
