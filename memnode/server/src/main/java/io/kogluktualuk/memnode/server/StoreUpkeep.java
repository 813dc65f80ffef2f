package io.kogluktualuk.memnode.server;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.memnode.store.MemoryStore;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What one tenant's store needs done now and then, where nobody waits for it: what nobody wanted
/// durable at once goes to the device within a second, a log that says little is written anew, and
/// blobs are looked at for bits that have changed.
///
/// **Threading:** one thread of its own; [#close] from any. **Ownership:** owns the thread.
/// **Errors:** told once; whoever wants something durable hears it as well.
final class StoreUpkeep implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StoreUpkeep.class);

  /// How often blobs are moved before syncs get their turn again.
  private static final int RELOCATIONS_MAX = 16;

  private final String name;
  private final MemoryStore store;
  private final KeepingSettings settings;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;
  private boolean isReported;

  private StoreUpkeep(String name, MemoryStore store, KeepingSettings settings) {
    this.name = name;
    this.store = store;
    this.settings = settings;
    this.thread = Thread.ofPlatform().daemon().name("memnode-upkeep-" + name).unstarted(this::run);
  }

  static StoreUpkeep start(String name, MemoryStore store, KeepingSettings settings) {
    StoreUpkeep upkeep = new StoreUpkeep(name, store, settings);
    upkeep.thread.start();
    return upkeep;
  }

  private void run() {
    try {
      while (!stop.await(settings.syncEvery().toMillis(), TimeUnit.MILLISECONDS)) {
        keepUp();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void keepUp() {
    try {
      store.sync();
      store.compactLog();
      int rounds = 0;
      while (store.relocate() > 0 && rounds < RELOCATIONS_MAX) {
        rounds++;
      }
      scrub();
      isReported = false;
    } catch (FabricException e) {
      if (!isReported && stop.getCount() > 0) {
        isReported = true;
        LOG.warn("memory node {}: the store's upkeep failed: {}", name, e.getMessage());
      }
    }
  }

  private void scrub() {
    long bytes = settings.scrubBytesEachTurn();
    int damaged = bytes == 0 ? 0 : store.scrub(bytes);
    if (damaged > 0) {
      LOG.warn(
          "memory node {}: {} blobs had changed on the device or in memory and were dropped",
          name,
          damaged);
    }
  }

  /// Waits for what is being done: it must not be interrupted in the middle of a file.
  @Override
  public void close() {
    stop.countDown();
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
