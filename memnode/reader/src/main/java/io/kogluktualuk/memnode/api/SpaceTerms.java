package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.lease.Account;
import java.time.Duration;

/// Who pays for bytes that may not be evicted, and how long a call may wait until they can be paid.
///
/// @param account whose space credits are charged; blobs that are charged already stay so
/// @param patience at most [#WAIT_MAX], longer ones are cut; then the call fails with
///     [io.kogluktualuk.fabric.fault.OutOfCredits]
public record SpaceTerms(Account account, Duration patience) {

  /// Longer than any call takes.
  public static final Duration WAIT_MAX = Duration.ofMinutes(10);

  /// The default account pays, and there is no wait.
  public static final SpaceTerms DEFAULT = new SpaceTerms(Account.DEFAULT, Duration.ZERO);

  public SpaceTerms {
    if (patience.isNegative()) {
      throw new IllegalArgumentException("a patience of " + patience);
    }
    Duration atMost = patience.compareTo(WAIT_MAX) > 0 ? WAIT_MAX : patience;
    patience = Duration.ofMillis(atMost.toMillis());
  }

  static SpaceTerms read(CanonicalReader reader) {
    Account account = Account.CODEC.read(reader);
    return new SpaceTerms(
        account, Duration.ofMillis(reader.varint(WAIT_MAX.toMillis(), "a wait for credits")));
  }

  void write(CanonicalWriter writer) {
    Account.CODEC.write(account, writer);
    writer.varint(patience.toMillis());
  }
}
