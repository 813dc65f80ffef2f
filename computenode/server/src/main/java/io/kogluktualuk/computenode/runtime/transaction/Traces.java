package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.TraceCounts;
import io.kogluktualuk.computenode.runtime.namespace.Given;
import io.kogluktualuk.computenode.runtime.store.Memo;
import io.kogluktualuk.computenode.runtime.store.Shelf;
import io.kogluktualuk.computenode.runtime.store.Worth;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.ContentWriter;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.Trace;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Finds the outcome of a transaction that nobody has run by the trace of one that somebody has:
/// another namespace, but the same where it was looked at.
///
/// **Threading:** safe for any number of threads.
final class Traces {

  private final Engine engine;
  private final KnownTraces known;
  private final LongAdder walks = new LongAdder();
  private final LongAdder hits = new LongAdder();
  private final LongAdder steps = new LongAdder();

  Traces(Engine engine, KnownTraces known) {
    this.engine = engine;
    this.known = known;
  }

  /// The outcome of a transaction, if it goes a known way to the end; else null.
  ///
  /// What it has computed on the way is held by the evaluation: it is what the program will want
  /// to have computed as well.
  @Nullable Outcome follow(Flight flight, Evaluation evaluation) {
    long start = System.nanoTime();
    long mark = engine.blobs().mark();
    Transaction transaction = flight.transaction();
    Shelf blobs = evaluation.blobs();
    Given given = new Given(blobs, engine.trees(), transaction.namespace(), evaluation);
    TraceWalk walk = new TraceWalk(known, new Answers(given, evaluation), transaction.family());
    walks.increment();
    try {
      Outcome found = walk.walk();
      if (found == null) {
        return null;
      }
      hits.increment();
      known.wereOfUse(walk.ways());
      Outcome outcome =
          new Outcome(
              found.ending(),
              found.fuelUsed(),
              found.output(),
              found.diagnostics(),
              store(blobs, new Trace(walk.answered())));
      blobs.put(List.of(flight.encoding()), Worth.RECIPE);
      engine.blobs().record(new Memo(flight.key(), outcome, System.nanoTime() - start, null), mark);
      return outcome;
    } catch (SelfDependence e) {
      // The program will find out as well, and say so.
      flight.owner().lost(e.cycle());
      flight.owner().lost(Set.of(flight.key()));
      return null;
    } catch (FabricException | IllegalArgumentException e) {
      // What the trace speaks of is lost, or it is none: the program makes it again.
      if (flight.isAbandoned()) {
        throw e;
      }
      flight.owner().lost(Set.of(flight.key()));
      return null;
    } finally {
      steps.add(walk.answered().size());
    }
  }

  /// Stores a trace.
  static Ref store(Shelf blobs, Trace trace) {
    byte[] bytes = trace.encode();
    if (bytes.length > Blob.LENGTH_MAX) {
      return new ContentWriter(blobs).write(bytes, 0, bytes.length).finish();
    }
    Blob blob = Blob.of(bytes);
    blobs.put(List.of(blob));
    return Ref.ofBlob(blob);
  }

  /// How often a trace was followed, how often to its end, and how many steps were taken.
  TraceCounts counts() {
    return new TraceCounts(walks.sum(), hits.sum(), steps.sum());
  }
}
