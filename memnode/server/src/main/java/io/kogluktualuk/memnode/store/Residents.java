package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.hash.Hash;

/// The blobs of a store, for whoever decides which of them stay. Lent while the store's lock is
/// held, see [MemoryStore#withResidents] and [Room]: what is done with it must be short, and it
/// must not be kept.
///
/// **Threading:** the thread that it was lent to, while it is lent.
public interface Residents {

  /// What is known of each.
  BlobTable table();

  /// The ordinal of a blob, or [BlobTable#NONE].
  int ordinal(Hash hash);

  /// The hash of a blob that is present.
  Hash hash(int ordinal);

  /// Drops a blob: nobody finds it any more, its room is free. Who reads its bytes now notices by
  /// the hash.
  ///
  /// @return false when no blob has this ordinal
  boolean evict(int ordinal);

  /// Notes that a mark reached the blob.
  ///
  /// @param generation of the mark; 0 for none
  void pin(int ordinal, int generation);

  /// Keeps a blob on other terms.
  void keep(int ordinal, Keep terms);

  /// Bytes lent by the regions: of blobs and of reservations, with alignment.
  long lentBytes();

  /// The most bytes that the regions may have.
  long capacityBytes();
}
