package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.runtime.store.MemoIndex;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sees to it that what is answered can be fetched: what is lost of it is made again first.
///
/// **Threading:** any thread, which waits for what it has run.
final class Restorer {

  private static final Logger LOG = LoggerFactory.getLogger(Restorer.class);

  /// One loss more than that while an answer is being made is somebody's work.
  private static final int ROUNDS_MAX = 3;

  private final Assurance assurance;
  private final BlobStore blobs;
  private final MemoIndex index;

  /// @param blobs where to read what is left
  Restorer(Assurance assurance, BlobStore blobs, MemoIndex index) {
    this.assurance = assurance;
    this.blobs = blobs;
    this.index = index;
  }

  /// The settled outcome, or the same after running its transaction again.
  ///
  /// @param again runs a transaction whatever is known of it, and waits until all is stored
  Settled whole(Transaction transaction, Settled settled, Function<Transaction, Settled> again) {
    Hash key = transaction.key();
    Settled latest = settled;
    if (assurance.isFresh(key)) {
      return latest;
    }
    Set<Hash> absent = assurance.absent(key, latest.known());
    for (int round = 0; !absent.isEmpty() && round < ROUNDS_MAX; round++) {
      LOG.info(
          "{} blobs of the outcome of transaction {} are lost, the first is {}; it is run again",
          absent.size(),
          key,
          absent.iterator().next());
      latest = again.apply(transaction);
      absent = assurance.absent(key, latest.known());
    }
    if (!absent.isEmpty()) {
      throw new Unavailable(
          "the outcome of transaction "
              + key
              + " is known, but blob "
              + absent.iterator().next()
              + " of it is lost and did not come back by running it again");
    }
    return latest;
  }

  /// Brings back what is lost of a value.
  ///
  /// @param again as for [#whole]
  /// @throws NotFound when something of it cannot be computed
  void heal(Ref value, Function<Transaction, Settled> again) {
    Healer healer = new Healer(blobs, index, () -> List.of(value), again);
    Set<Hash> absent = assurance.absent(List.of(value));
    for (int round = 0; !absent.isEmpty(); round++) {
      Hash lost = absent.iterator().next();
      if (round >= ROUNDS_MAX * absent.size() || !healer.heal(lost)) {
        throw new NotFound(
            "blob "
                + lost
                + " of "
                + value
                + " is lost, with "
                + (absent.size() - 1)
                + " others, and no transaction is known that makes it");
      }
      absent = assurance.absent(List.of(value));
    }
  }
}
