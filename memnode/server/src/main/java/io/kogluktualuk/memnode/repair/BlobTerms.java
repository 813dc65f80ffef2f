package io.kogluktualuk.memnode.repair;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.Account;

/// What repair asks of whoever decides which blobs of a store stay.
///
/// **Threading:** any thread.
public interface BlobTerms {

  /// The account of a number.
  Account account(int number);

  /// The present generation of pins.
  long generation();

  /// This copy is one too many: it may be thrown away when room is needed.
  void becameSurplus(Hash hash);
}
