package io.kogluktualuk.memnode.server;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.memnode.store.MemoryStore;
import io.kogluktualuk.memnode.store.WindowSlot;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Changes the keys of one tenant, where nobody waits for it: those of windows after each use,
/// those for reading on a schedule. It also takes back the windows whose time is over,
/// and gives windows room on the disk after the start, and blobs before they come.
///
/// **Threading:** one thread of its own; [#close] from any. **Ownership:** owns the thread.
/// **Errors:** a key that cannot be had now is asked for again at the next look; until then the
/// window's slot is not lent, and readers go on with the keys they have.
final class KeyKeeper implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(KeyKeeper.class);
  private static final Duration LOOK_MAX = Duration.ofMillis(200);

  private final String name;
  private final MemoryStore store;
  private final PublishedStore published;
  private final KeySchedule schedule;
  private final Duration look;
  private final Thread thread;
  private final Deque<WindowSlot> failed = new ArrayDeque<>();
  private long renewNanos;
  private @Nullable Long withdrawNanos;
  private volatile boolean isClosed;

  private KeyKeeper(
      String name, MemoryStore store, PublishedStore published, KeySchedule schedule) {
    this.name = name;
    this.store = store;
    this.published = published;
    this.schedule = schedule;
    Duration often = store.windowLifetime().dividedBy(4);
    Duration least = often.compareTo(schedule.grace()) < 0 ? often : schedule.grace();
    this.look = least.compareTo(LOOK_MAX) < 0 ? least : LOOK_MAX;
    this.renewNanos = System.nanoTime() + schedule.every().toNanos();
    this.thread = Thread.ofPlatform().daemon().name("memnode-keys-" + name).unstarted(this::run);
  }

  static KeyKeeper start(
      String name, MemoryStore store, PublishedStore published, KeySchedule schedule) {
    KeyKeeper keeper = new KeyKeeper(name, store, published, schedule);
    keeper.thread.start();
    return keeper;
  }

  private void run() {
    long lookNanos = System.nanoTime();
    boolean isPreparing = true;
    boolean isBacking = false;
    while (!isClosed) {
      try {
        WindowSlot slot = store.awaitRetired(isPreparing || isBacking ? Duration.ZERO : look);
        isPreparing = isPreparing && store.backOneSlot();
        isBacking = store.backAhead();
        if (slot != null) {
          renew(slot);
        }
        if (System.nanoTime() - lookNanos >= 0) {
          lookNanos = System.nanoTime() + look.toNanos();
          lookAround();
        }
      } catch (InterruptedException e) {
        return;
      } catch (FabricException e) {
        if (!isClosed) {
          LOG.warn("memory node {}: keys could not be changed: {}", name, e.getMessage());
        }
      }
    }
  }

  private void renew(WindowSlot slot) {
    try {
      published.renew(slot);
    } catch (FabricException e) {
      failed.add(slot);
      throw e;
    }
    store.renewed(slot);
  }

  private void lookAround() {
    store.sweep();
    for (int i = failed.size(); i > 0; i--) {
      renew(failed.removeFirst());
    }
    long now = System.nanoTime();
    if (withdrawNanos != null && withdrawNanos - now <= 0) {
      withdrawNanos = null;
      published.withdrawFormer();
    }
    if (renewNanos - now <= 0) {
      renewNanos = now + schedule.every().toNanos();
      published.renewReadable();
      withdrawNanos = now + schedule.grace().toNanos();
    }
  }

  @Override
  public void close() {
    isClosed = true;
    thread.interrupt();
    boolean wasInterrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        wasInterrupted = true;
      }
    }
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
