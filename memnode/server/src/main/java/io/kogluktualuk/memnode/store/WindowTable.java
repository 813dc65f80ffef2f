package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.BlobLocation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The write windows that are open, and the extents of abandoned ones that cool down.
///
/// A window is used once: [#take] removes it. One that nobody takes expires. Its extent is not lent
/// again for another lifetime, because a slow client's write may still be under way; a client keeps
/// to the lifetime by its own clock, counted from before it asked.
///
/// **Threading:** one thread at a time; [MemoryStore] holds its lock. The time is passed in.
/// **Bound:** [#WINDOWS_MAX].
final class WindowTable {

  /// The most open windows: 128 full batches.
  static final int WINDOWS_MAX = 1 << 16;

  /// Room promised to one blob.
  record Window(Hash hash, BlobLocation location, long expiresNanos) {}

  private record Cooling(Extent extent, long endsNanos) {}

  private final long lifetimeNanos;
  private final Map<Long, Window> open = new LinkedHashMap<>();
  private final Deque<Cooling> cooling = new ArrayDeque<>();
  private long nextId;

  /// @param firstId such that no window of an earlier run of the node is taken for one of this run
  WindowTable(long lifetimeNanos, long firstId) {
    this.lifetimeNanos = lifetimeNanos;
    this.nextId = firstId;
  }

  int size() {
    return open.size();
  }

  /// Opens a window and returns its id.
  long open(Hash hash, BlobLocation location, long nowNanos) {
    long id = nextId++;
    open.put(id, new Window(hash, location, nowNanos + lifetimeNanos));
    return id;
  }

  /// Uses a window up; null when there is none, any more.
  @Nullable Window take(long id, long nowNanos) {
    Window window = open.get(id);
    if (window == null || window.expiresNanos() - nowNanos <= 0) {
      return null;
    }
    open.remove(id);
    return window;
  }

  /// Lets the extent of a window that was taken in vain cool down.
  void discard(Window window, long nowNanos) {
    cooling.add(new Cooling(Extent.of(window.location()), nowNanos + lifetimeNanos));
  }

  /// Expires windows, and returns the extents that may be lent again.
  List<Extent> sweep(long nowNanos) {
    // All windows live equally long, so the oldest come first.
    Iterator<Window> oldest = open.values().iterator();
    while (oldest.hasNext()) {
      Window window = oldest.next();
      if (window.expiresNanos() - nowNanos > 0) {
        break;
      }
      oldest.remove();
      discard(window, nowNanos);
    }
    List<Extent> cooled = new ArrayList<>();
    while (!cooling.isEmpty() && cooling.getFirst().endsNanos() - nowNanos <= 0) {
      cooled.add(cooling.removeFirst().extent());
    }
    return cooled;
  }
}
