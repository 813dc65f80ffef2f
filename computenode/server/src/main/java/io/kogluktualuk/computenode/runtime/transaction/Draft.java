package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.runtime.store.LocalBlobs;
import io.kogluktualuk.computenode.runtime.store.Memo;
import io.kogluktualuk.computenode.runtime.store.Shelf;
import io.kogluktualuk.computenode.runtime.store.Worth;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.Trace;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a program has come to, before it is written down for others.
///
/// Most drafts are [#publish]ed at once. That of a program which runs faster than anybody could
/// look its outcome up stays one: whoever has read it would have it run again. It is published
/// when its output becomes part of another value, which may then be lost and wanted alone, and
/// when somebody asks for the outcome itself.
///
/// **Threading:** any thread.
final class Draft {

  private final LocalBlobs blobs;
  private final Transaction transaction;
  private final Blob encoding;
  private final End end;
  private final boolean isFollowed;
  private final long mark;
  private final long nanos;
  private @Nullable Outcome published;

  /// How a program has ended.
  ///
  /// @param said its diagnostics
  /// @param observed what it has seen
  record End(Ending ending, Ref output, long fuelUsed, byte[] said, Trace observed) {}

  /// @param isFollowed whether the trace is for the trace trie
  /// @param mark taken before the program began
  /// @param nanos how long it ran, without the waiting
  Draft(LocalBlobs blobs, Flight flight, End end, boolean isFollowed, long mark, long nanos) {
    this.blobs = blobs;
    this.transaction = flight.transaction();
    this.encoding = flight.encoding();
    this.end = end;
    this.isFollowed = isFollowed;
    this.mark = mark;
    this.nanos = nanos;
  }

  Hash key() {
    return encoding.hash();
  }

  Ending ending() {
    return end.ending();
  }

  Ref output() {
    return end.output();
  }

  long fuelUsed() {
    return end.fuelUsed();
  }

  /// Whether all that it names is stored, or will be.
  boolean isSound() {
    return mark == blobs.mark();
  }

  /// Stores and records it, unless that has been done.
  Outcome publish() {
    return publish(blobs);
  }

  /// The same.
  ///
  /// @param shelf where to store what it consists of
  synchronized Outcome publish(Shelf shelf) {
    Outcome outcome = published;
    if (outcome == null) {
      outcome = store(shelf);
      Memo.Observed observed =
          isFollowed ? new Memo.Observed(transaction.family(), end.observed()) : null;
      blobs.record(new Memo(key(), outcome, nanos, observed), mark);
      published = outcome;
    }
    return outcome;
  }

  /// Stores what it consists of, and records nothing.
  Outcome store(Shelf shelf) {
    Blob said = end.said().length == 0 ? Blob.EMPTY : Blob.of(end.said());
    Ref trace = Traces.store(shelf, end.observed());
    shelf.put(List.of(encoding), Worth.RECIPE);
    shelf.put(List.of(said), Worth.output(nanos));
    if (end.output().hash().equals(Blob.EMPTY.hash())) {
      shelf.put(List.of(Blob.EMPTY), Worth.output(nanos));
    }
    return new Outcome(end.ending(), end.fuelUsed(), end.output(), Ref.ofBlob(said), trace);
  }
}
