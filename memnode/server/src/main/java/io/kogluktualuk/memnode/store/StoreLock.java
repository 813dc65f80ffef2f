package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The one lock of a store, and whether the store is open.
///
/// It orders the short steps: whatever takes long, copying, hashing, waiting for a device, is done
/// without it. The log's write is inside, because the lock is what keeps log and index in one
/// order; it goes to the kernel's memory and does not wait for a device.
///
/// **Threading:** any thread; reentrant.
final class StoreLock {

  private final Path folder;
  private boolean isClosed;

  /// @param folder of the store, for messages
  StoreLock(Path folder) {
    this.folder = folder;
  }

  /// Takes a step of an open store.
  ///
  /// @throws AlreadyClosed when it is not open any more
  synchronized <R extends @Nullable Object> R open(Supplier<R> step) {
    checkOpen();
    return step.get();
  }

  /// Takes a step of an open store.
  ///
  /// @throws AlreadyClosed when it is not open any more
  synchronized void whileOpen(Runnable step) {
    checkOpen();
    step.run();
  }

  /// Takes a step that gives something back, open or not.
  synchronized void always(Runnable step) {
    step.run();
  }

  /// @throws AlreadyClosed when the store is not open any more
  synchronized void checkOpen() {
    if (isClosed) {
      throw new AlreadyClosed("the memory node's store in " + folder + " is closed");
    }
  }

  /// From now on the store is closed.
  ///
  /// @return false when it was already
  synchronized boolean close() {
    boolean wasOpen = !isClosed;
    isClosed = true;
    return wasOpen;
  }
}
