package io.kogluktualuk.paxoslog.ratis;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.FabricException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides when a snapshot is due and writes it beside the running log.
///
/// Ratis would count entries and write on the thread that applies them. Here bytes count as well,
/// because one entry carries many commands; the state is frozen in a moment, written by an own
/// thread, and only when the file is complete is Ratis asked to cut its log there.
///
/// **Threading:** [#onApplied] is called by the apply thread alone; the rest by any thread.
/// **Bound:** one snapshot at a time; while one is written no other is begun.
final class SnapshotWriter implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SnapshotWriter.class);
  private static final long CLOSE_SECONDS_MAX = 60;

  /// Asks Ratis to take over the announced snapshot and cut its log.
  interface LogCutter {
    void cut() throws IOException;
  }

  private final long bytesMin;
  private final long entriesMax;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("paxos-log-snapshot").factory());
  private final AtomicBoolean isDue = new AtomicBoolean();

  // Both of the apply thread.
  private long bytesSince;
  private long entriesSince;

  private volatile long sizeLast;

  SnapshotWriter(LogHostSettings settings) {
    this.bytesMin = settings.snapshotAfterBytes();
    this.entriesMax = settings.snapshotAfterEntries();
  }

  /// @return true when the caller should have a snapshot written
  boolean onApplied(int bytes) {
    bytesSince += bytes;
    entriesSince++;
    boolean reached = bytesSince >= Math.max(bytesMin, sizeLast) || entriesSince >= entriesMax;
    if (!reached || !isDue.compareAndSet(false, true)) {
      return false;
    }
    bytesSince = 0;
    entriesSince = 0;
    return true;
  }

  /// Writes a snapshot that is due; a failure is logged, the log stays as long as it was.
  void writeDue(AppliedMachine machine, LogCutter cutter) {
    start(machine, cutter)
        .whenComplete(
            (_, failure) -> {
              isDue.set(false);
              if (failure != null) {
                LOG.warn("no snapshot was written; the log grows until one is", failure);
              }
            });
  }

  /// Has a snapshot of the present state written.
  CompletableFuture<Void> start(AppliedMachine machine, LogCutter cutter) {
    try {
      return CompletableFuture.runAsync(() -> write(machine, cutter), thread);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(new AlreadyClosed("the log is closed"));
    }
  }

  /// Waits for a snapshot that is being written: half a file is of no use.
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
        thread.shutdownNow();
        LOG.warn("a snapshot was still being written after {} s; given up", CLOSE_SECONDS_MAX);
      }
    } catch (InterruptedException _) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private void write(AppliedMachine machine, LogCutter cutter) {
    AppliedMachine.Frozen frozen = machine.freeze();
    if (frozen.at().getIndex() <= machine.snapshotIndex()) {
      return; // nothing was applied since
    }
    Path file = machine.snapshotFile(frozen.at());
    try {
      SnapshotFile.write(file, frozen.at(), frozen.keepers(), frozen.state());
      machine.announce(frozen.at(), file);
      sizeLast = Files.size(file);
      cutter.cut();
    } catch (FabricException e) {
      throw e;
    } catch (IOException e) {
      throw DiskFaults.of("the snapshot " + file, e);
    }
  }
}
