package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Values of envelopes in progress that a stage holds in the place of those who have sent them,
/// because they are not heard of any more.
///
/// What falls silent together is held by one call, and let go of when the last of it is done: a
/// value may so be held a little longer than it must.
///
/// **Threading:** any thread; only [Batch#hold] waits for memory nodes. **Bound:** the envelopes
/// that are in progress.
final class Adoptions {

  private static final Logger LOG = LoggerFactory.getLogger(Adoptions.class);

  /// What is held by one call.
  final class Batch {

    private final BlobPort.Scope scope = blobs.open();
    private final List<Envelope> envelopes;
    private int open = 1; // the call

    private Batch(List<Envelope> envelopes) {
      this.envelopes = envelopes;
    }

    /// Holds the values.
    ///
    /// @return false when they are not held and may be later
    boolean hold() {
      Set<Ref> refs = new HashSet<>();
      envelopes.forEach(envelope -> refs.add(envelope.ref()));
      boolean mayPass = false;
      try {
        Set<Ref> absent = blobs.hold(scope, refs);
        long held = envelopes.stream().filter(each -> !absent.contains(each.ref())).count();
        counts.adopted.add(held);
        LOG.info("stage {}: holds {} values whose holders are silent", stage, held);
      } catch (FabricException e) {
        LOG.warn("stage {}: values whose holders are silent: {}", stage, e.getMessage());
        mayPass = e.category() == FabricException.Category.RETRY;
        envelopes.forEach(envelope -> ended(envelope.id()));
      } finally {
        leave(this);
      }
      return !mayPass;
    }
  }

  private final String stage;
  private final BlobPort blobs;
  private final Executor calls;
  private final Counts counts;
  private final Map<Hash, Batch> batches = new HashMap<>();
  private boolean isEnded;

  /// @param calls runs what may wait for a memory node
  Adoptions(String stage, BlobPort blobs, Executor calls, Counts counts) {
    this.stage = stage;
    this.blobs = blobs;
    this.calls = calls;
    this.counts = counts;
  }

  /// Notes envelopes in progress, so that none is over without its value being let go of.
  synchronized Batch begin(List<Envelope> envelopes) {
    Batch batch = new Batch(envelopes);
    if (!isEnded) {
      for (Envelope envelope : envelopes) {
        batches.put(envelope.id(), batch);
        batch.open++;
      }
    }
    return batch;
  }

  /// An envelope is in progress no more.
  void ended(Hash id) {
    Batch batch;
    synchronized (this) {
      batch = batches.remove(id);
    }
    if (batch != null) {
      leave(batch);
    }
  }

  private void leave(Batch batch) {
    boolean isLast;
    synchronized (this) {
      isLast = --batch.open == 0;
    }
    if (isLast) {
      try {
        calls.execute(() -> close(batch));
      } catch (RejectedExecutionException e) {
        close(batch); // the pipeline is closed
      }
    }
  }

  private static void close(Batch batch) {
    try {
      batch.scope.close();
    } catch (FabricException e) {
      LOG.debug("holds end with the lease: {}", e.getMessage());
    }
  }

  /// Lets go of everything.
  void end() {
    Set<Hash> all;
    synchronized (this) {
      isEnded = true;
      all = Set.copyOf(batches.keySet());
    }
    all.forEach(this::ended);
  }
}
