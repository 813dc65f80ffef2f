package io.kogluktualuk.fabric.cli;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/// Decides which of many equal messages are written: the first, then one for each
/// [#WINDOW_NANOS], which says how many there were.
///
/// **Threading:** one thread at a time. **Bound:** [#KEYS_MAX] messages are remembered; the one
/// longest remembered is forgotten first, with its count told.
final class Repeats {

  static final long WINDOW_NANOS = 10_000_000_000L;
  static final int KEYS_MAX = 256;

  /// So many equal ones were left out.
  record Left(String key, long count) {}

  private static final class Seen {
    final long sinceNanos;
    long left;

    Seen(long sinceNanos) {
      this.sinceNanos = sinceNanos;
    }
  }

  private final LongSupplier nanoTime;
  private final Map<String, Seen> seen = new LinkedHashMap<>();

  Repeats(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// Whether this message is to be written.
  boolean admit(String key) {
    Seen before = seen.get(key);
    if (before != null) {
      before.left++;
      return false;
    }
    seen.put(key, new Seen(nanoTime.getAsLong()));
    return true;
  }

  /// What was left out of messages whose window is over, or for which there is no room any more.
  List<Left> due() {
    List<Left> due = new ArrayList<>();
    long now = nanoTime.getAsLong();
    Iterator<Map.Entry<String, Seen>> entries = seen.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<String, Seen> entry = entries.next();
      boolean isOver = now - entry.getValue().sinceNanos >= WINDOW_NANOS;
      if (!isOver && seen.size() <= KEYS_MAX) {
        break; // the others are younger
      }
      entries.remove();
      if (entry.getValue().left > 0) {
        due.add(new Left(entry.getKey(), entry.getValue().left));
      }
    }
    return due;
  }
}
