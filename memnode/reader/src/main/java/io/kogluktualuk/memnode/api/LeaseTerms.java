package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.lease.LeaseProof;
import java.time.Duration;

/// The lease that blobs shall be held under.
///
/// @param proof refused with [io.kogluktualuk.fabric.fault.StaleLease] when its token is dead
/// @param ttl how long all holds under the lease last from when the node hears this, unless it
///     hears of the lease again; the holder counts from before it asked
/// @param order greater with each call in which this holder asks that something be held or let go
///     of: calls overtake each other, and what was asked last counts
public record LeaseTerms(LeaseProof proof, Duration ttl, long order) {

  /// The longest; it is also the grace after a restart in which a node evicts nothing.
  public static final Duration TTL_MAX = Duration.ofMinutes(5);

  public LeaseTerms {
    ttl = Duration.ofMillis(ttl.toMillis());
    if (order < 0) {
      throw new IllegalArgumentException("order " + order);
    }
    if (!ttl.isPositive() || ttl.compareTo(TTL_MAX) > 0) {
      throw new IllegalArgumentException("holds that last " + ttl + ", at most " + TTL_MAX);
    }
  }

  /// How long a holder may rely on a lease, by its own clock, from before it asked: a little less
  /// than the lease lasts, because no two clocks run alike. Time daemons change the rate of a
  /// monotonic clock by at most 500 parts in a million (adjtimex(2)), so that one of them may run
  /// ahead of another by a thousandth; this allows for two.
  public static long reliableNanos(Duration ttl) {
    return ttl.toNanos() - ttl.toNanos() / 500;
  }

  static LeaseTerms read(CanonicalReader reader) {
    LeaseProof proof = LeaseProof.CODEC.read(reader);
    long millis = reader.varint(TTL_MAX.toMillis(), "how long a hold lasts");
    if (millis == 0) {
      throw reader.malformed("a hold that lasts no time");
    }
    return new LeaseTerms(proof, Duration.ofMillis(millis), reader.varint());
  }

  void write(CanonicalWriter writer) {
    LeaseProof.CODEC.write(proof, writer);
    writer.varint(ttl.toMillis()).varint(order);
  }
}
