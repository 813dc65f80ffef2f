package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.memnode.api.WriteWindow;
import java.util.concurrent.atomic.AtomicLong;

/// A window that the node has lent to this session for a while, cut into cells: each put of small
/// blobs has one to itself while it lasts.
///
/// **Threading:** any thread. **Bound:** as many puts at a time as there are cells; further ones
/// reserve a window of their own.
final class StandingWindow {

  /// What one put may write: a few small blobs, such as an outcome, its trace and a short output.
  static final int CELL_BYTES = 16 << 10;

  private static final int CELLS_MAX = Long.SIZE;

  private final WriteWindow window;
  private final long endNanos;
  private final int cells;

  /// A bit for each cell in use.
  private final AtomicLong taken = new AtomicLong();

  /// @param endNanos when it must not be written to any more, in this process's time
  StandingWindow(WriteWindow window, long endNanos) {
    this.window = window;
    this.endNanos = endNanos;
    this.cells = (int) Math.min(CELLS_MAX, window.region().length() / CELL_BYTES);
  }

  WriteWindow window() {
    return window;
  }

  boolean isOver(long nowNanos) {
    return nowNanos - endNanos >= 0;
  }

  /// @return the offset of a cell; negative when all are in use
  int acquire() {
    while (true) {
      long now = taken.get();
      int cell = Long.numberOfTrailingZeros(~now);
      if (cell >= cells) {
        return -1;
      }
      if (taken.compareAndSet(now, now | 1L << cell)) {
        return cell * CELL_BYTES;
      }
    }
  }

  void release(int offset) {
    long bit = 1L << offset / CELL_BYTES;
    taken.getAndUpdate(now -> now & ~bit);
  }
}
