package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.BlobLocation;

/// One line of the log: what has happened to a blob. Whoever reads all of them in their order
/// knows every blob; a later one about the same hash replaces what an earlier one said.
///
/// @param kind what has happened
/// @param place where the blob lies ([Place]); the generation for [Kind#PINNED]
/// @param length of the blob in bytes
/// @param sealedSeconds when it was sealed, in seconds since 1970
/// @param keep on what terms
record BlobRecord(Kind kind, Hash hash, long place, int length, long sealedSeconds, Keep keep) {

  /// What a record says.
  enum Kind {
    /// The blob lies there and is kept on these terms. Also after a move, and for new terms.
    SEALED,
    /// The blob is there no longer.
    DROPPED,
    /// The blob has been reached from a root in this generation.
    PINNED
  }

  static BlobRecord sealed(Hash hash, BlobLocation location, long sealedSeconds, Keep keep) {
    return new BlobRecord(
        Kind.SEALED, hash, Place.of(location), location.length(), sealedSeconds, keep);
  }

  static BlobRecord dropped(Hash hash) {
    return new BlobRecord(Kind.DROPPED, hash, Place.NONE, 0, 0, Keep.STANDARD);
  }

  static BlobRecord pinned(Hash hash, int generation) {
    return new BlobRecord(Kind.PINNED, hash, generation, 0, 0, Keep.STANDARD);
  }

  BlobLocation location() {
    return Place.location(place, length);
  }
}
