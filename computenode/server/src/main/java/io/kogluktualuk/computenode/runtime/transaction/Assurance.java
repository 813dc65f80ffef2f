package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.runtime.store.Keeper;
import io.kogluktualuk.computenode.runtime.store.LocalBlobs;
import io.kogluktualuk.fabric.blob.Reach;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Outcome;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/// Makes sure that everything an outcome names can be fetched, and stays so for a while: an answer
/// "it is there" is never about something that is not.
///
/// What has been made sure of is remembered for half the time for which it is kept, so that a hit
/// that is asked for again and again asks nobody.
///
/// **Threading:** any thread. **Bound:** [#REMEMBERED_MAX] outcomes.
final class Assurance {

  private static final int REMEMBERED_MAX = 65_536;

  private final LocalBlobs blobs;
  private final Keeper keeper;
  private final LongSupplier nanoTime;
  private final Map<Hash, Long> until = new LinkedHashMap<>();

  Assurance(LocalBlobs blobs, Keeper keeper, LongSupplier nanoTime) {
    this.blobs = blobs;
    this.keeper = keeper;
    this.nanoTime = nanoTime;
  }

  /// Whether this was made sure of lately.
  boolean isFresh(Hash key) {
    synchronized (until) {
      Long end = until.get(key);
      return end != null && end - nanoTime.getAsLong() > 0;
    }
  }

  /// Keeps everything that an outcome names.
  ///
  /// @return what is not there; of what a lost list or tree consists is not known
  Set<Hash> absent(Hash key, Outcome outcome) {
    long now = nanoTime.getAsLong();
    Keeper.Kept kept = keep(List.of(outcome.output(), outcome.diagnostics(), outcome.trace()));
    if (kept.absent().isEmpty()) {
      remember(key, now + (kept.untilNanos() - now) / 2);
    }
    return kept.absent();
  }

  /// Keeps everything that values consist of.
  ///
  /// @return what is not there
  Set<Hash> absent(Collection<Ref> values) {
    return keep(values).absent();
  }

  private Keeper.Kept keep(Collection<Ref> values) {
    Set<Hash> reached = new HashSet<>();
    Set<Hash> absent = new HashSet<>();
    Reach.visit(
        blobs,
        values,
        new Reach.Visitor() {
          @Override
          public boolean reached(Hash hash) {
            return reached.add(hash);
          }

          @Override
          public void unreadable(Ref ref, FabricException reason) {
            absent.add(ref.hash());
          }
        });
    Keeper.Kept kept = keeper.keep(reached);
    absent.addAll(kept.absent());
    return new Keeper.Kept(absent, kept.untilNanos());
  }

  private void remember(Hash key, long end) {
    synchronized (until) {
      until.remove(key);
      until.put(key, end);
      if (until.size() > REMEMBERED_MAX) {
        Iterator<Hash> eldest = until.keySet().iterator();
        eldest.next();
        eldest.remove();
      }
    }
  }
}
