package io.kogluktualuk.memnode.store;

import java.util.ArrayDeque;
import java.util.Deque;

/// What has been opened on the way to something that may fail.
///
/// **Threading:** one thread.
final class Opened {

  private final Deque<AutoCloseable> all = new ArrayDeque<>();

  <T extends AutoCloseable> T with(T opened) {
    all.push(opened);
    return opened;
  }

  /// Closes everything, the last first.
  void closeAfter(RuntimeException reason) {
    while (!all.isEmpty()) {
      try {
        all.pop().close();
      } catch (Exception e) {
        reason.addSuppressed(e);
      }
    }
  }
}
