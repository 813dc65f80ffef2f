package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.fault.FabricException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a stage holds for its outputs until they are done, group by group.
///
/// Holds are let go of by one call for a group, not one for each envelope: a group takes
/// [#ENVELOPES_MAX] envelopes or [#BYTES_MAX] bytes, or what comes in [#LINGER_NANOS], and is let
/// go of when all of them are done. A blob may so be held a little longer than it must, never
/// shorter.
///
/// **Threading:** any thread. **Bound:** the envelopes that are not done, and one group besides.
/// **Errors:** a group that cannot be let go of ends with the session's lease.
final class HoldGroups {

  static final int ENVELOPES_MAX = 64;
  static final long BYTES_MAX = 32L << 20;
  static final long LINGER_NANOS = 100_000_000;

  private static final Logger LOG = LoggerFactory.getLogger(HoldGroups.class);

  /// One group.
  final class Group {

    private final BlobPort.Scope scope = blobs.open();
    private final long openedNanos;
    private int envelopes;
    private long bytes;
    private int open;
    private boolean isFull;

    Group(long nowNanos) {
      this.openedNanos = nowNanos;
    }

    BlobPort.Scope scope() {
      return scope;
    }
  }

  private final BlobPort blobs;
  private final Executor calls;
  private @Nullable Group current;
  private long heldBytes;
  private boolean isEnded;

  /// @param calls runs what may wait for a memory node
  HoldGroups(BlobPort blobs, Executor calls) {
    this.blobs = blobs;
    this.calls = calls;
  }

  /// Joins a group with one value; [#leave] ends it.
  synchronized Group join(long bytes, long nowNanos) {
    Group group = current;
    if (group == null || isOver(group, nowNanos)) {
      retire();
      group = new Group(nowNanos);
      group.isFull = isEnded; // nobody would retire it
      current = isEnded ? null : group;
    }
    group.envelopes++;
    group.bytes += bytes;
    group.open++;
    heldBytes += bytes;
    return group;
  }

  private static boolean isOver(Group group, long nowNanos) {
    return group.envelopes >= ENVELOPES_MAX
        || group.bytes >= BYTES_MAX
        || nowNanos - group.openedNanos > LINGER_NANOS;
  }

  private void retire() {
    Group group = current;
    current = null;
    if (group != null) {
      group.isFull = true;
      closeIfDone(group);
    }
  }

  synchronized void leave(Group group, long bytes) {
    group.open--;
    heldBytes -= bytes;
    closeIfDone(group);
  }

  private void closeIfDone(Group group) {
    if (group.isFull && group.open == 0) {
      try {
        calls.execute(() -> close(group));
      } catch (RejectedExecutionException e) {
        close(group); // a handler has ended later than its pipeline
      }
    }
  }

  private static void close(Group group) {
    try {
      group.scope.close();
    } catch (FabricException e) {
      LOG.debug("holds end with the lease: {}", e.getMessage());
    }
  }

  /// Lets go of what has lingered.
  synchronized void tick(long nowNanos) {
    Group group = current;
    if (group != null && isOver(group, nowNanos)) {
      retire();
    }
  }

  /// Lets go of the last group as soon as it is done, and of what a handler that is not through
  /// yet still has held.
  synchronized void end() {
    isEnded = true;
    retire();
  }

  /// Bytes that are held for outputs that are not done.
  synchronized long heldBytes() {
    return heldBytes;
  }
}
