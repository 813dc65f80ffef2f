package io.kogluktualuk.memnode.repair;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.memnode.api.CopyAge;
import io.kogluktualuk.memnode.store.Residents;
import org.jspecify.annotations.Nullable;

/// What repair asks of whoever decides which blobs of a store stay.
///
/// **Threading:** any thread.
public interface BlobTerms {

  /// The account of a number.
  Account account(int number);

  /// The present generation of pins.
  long generation();

  /// Whether a root reaches a blob.
  boolean isPinned(Residents residents, int ordinal);

  /// Whether a blob is about to be collected, here and everywhere.
  boolean isCondemned(Residents residents, int ordinal);

  /// How old a copy of a blob would be that is made now; null when none is to be made.
  @Nullable CopyAge copyAge(Residents residents, int ordinal);

  /// This copy is one too many: it may be thrown away when room is needed.
  void becameSurplus(Hash hash);
}
