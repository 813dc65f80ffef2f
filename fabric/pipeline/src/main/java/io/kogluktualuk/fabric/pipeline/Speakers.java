package io.kogluktualuk.fabric.pipeline;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/// Ends of links that have something to say and have not been woken for it.
///
/// Who works on one envelope after the other wakes the links once for several of them.
///
/// **Threading:** any thread. **Bound:** one entry for each link.
final class Speakers {

  /// One end of a link.
  final class Speaker {

    private final Link link;
    private final AtomicBoolean isListed = new AtomicBoolean();

    private Speaker(Link link) {
      this.link = link;
    }

    /// It has something to say, and is woken by [#wakeAll].
    void later() {
      if (!isListed.get() && isListed.compareAndSet(false, true)) {
        listed.add(this);
      }
    }
  }

  private final Queue<Speaker> listed = new ConcurrentLinkedQueue<>();

  Speaker of(Link link) {
    return new Speaker(link);
  }

  /// Wakes all that have something to say.
  void wakeAll() {
    Speaker next = listed.poll();
    while (next != null) {
      next.isListed.set(false);
      next.link.wake();
      next = listed.poll();
    }
  }
}
