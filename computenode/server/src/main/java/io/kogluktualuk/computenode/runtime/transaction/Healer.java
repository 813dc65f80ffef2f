package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.runtime.store.MemoIndex;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings a lost blob back by running the transaction again that made it, or made what it is part
/// of.
///
/// Which transaction that is the memo index knows by the hash of an output; a chunk or an entry
/// is found through what it is part of ([Ancestry]). The nearest producer is tried first. A
/// transaction that is run for this finds its own inputs by the same way, so a whole chain comes
/// back if its beginning is there; the nesting limit of transactions ends it.
///
/// **Threading:** one thread, which waits for what it begins.
final class Healer {

  private static final Logger LOG = LoggerFactory.getLogger(Healer.class);

  private final BlobStore blobs;
  private final MemoIndex index;
  private final Supplier<Collection<Ref>> values;
  private final Function<Transaction, Settled> again;

  /// @param blobs where to read what is left; must not heal itself
  /// @param values what the lost blob may be part of
  /// @param again runs a transaction whatever is known of it, and waits
  Healer(
      BlobStore blobs,
      MemoIndex index,
      Supplier<Collection<Ref>> values,
      Function<Transaction, Settled> again) {
    this.blobs = blobs;
    this.index = index;
    this.values = values;
    this.again = again;
  }

  /// @return whether something was run that should have brought it back
  boolean heal(Hash lost) {
    for (Hash whole : Ancestry.of(blobs, values.get(), lost)) {
      List<Hash> producers = index.producersOf(whole);
      for (Hash key : producers) {
        if (isMadeAgain(key, whole, lost)) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean isMadeAgain(Hash key, Hash whole, Hash lost) {
    try {
      Transaction transaction = Transaction.decode(key.toHex(), blobs.get(key).toArray());
      Settled settled = again.apply(transaction);
      boolean isSame = settled.outcome() != null && settled.outcome().output().hash().equals(whole);
      if (isSame) {
        LOG.info("blob {} was lost; transaction {} has been run again for it", lost, key);
      }
      return isSame;
    } catch (FabricException e) {
      LOG.warn(
          "blob {} is lost, and transaction {}, which made it, could not be run again: {}",
          lost,
          key,
          e.getMessage());
      return false;
    } catch (SelfDependence e) {
      return false; // we are on the way to making it ourselves
    }
  }
}
