package io.kogluktualuk.fabric.pipeline;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;
import java.time.Duration;

/// Somebody upstream holds an envelope's value under a lease: how long that lasts when he is not
/// heard of any more.
///
/// Whoever has such an envelope under way and hears nothing from where it came holds the value
/// himself before that time is over ([#patience]).
///
/// ```
/// varint milliseconds, 1 to 300,000
/// ```
///
/// @param ttl of the lease; with half of it left it is renewed
public record Claim(Duration ttl) {

  static final Duration TTL_MAX = Duration.ofMinutes(5);

  /// Who sends says something every second.
  static final Duration PATIENCE_MIN = Duration.ofSeconds(2);

  static final Codec<Claim> CODEC =
      new Codec<>() {
        @Override
        public void write(Claim claim, CanonicalWriter writer) {
          writer.varint(claim.ttl.toMillis());
        }

        @Override
        public Claim read(CanonicalReader reader) {
          long millis = reader.varint(TTL_MAX.toMillis(), "how long a lease lasts");
          if (millis == 0) {
            throw reader.malformed("a lease that lasts no time");
          }
          return new Claim(Duration.ofMillis(millis));
        }
      };

  public Claim {
    if (ttl.toMillis() < 1 || ttl.compareTo(TTL_MAX) > 0) {
      throw new IllegalArgumentException("a lease of " + ttl + ", at most " + TTL_MAX);
    }
    ttl = Duration.ofMillis(ttl.toMillis());
  }

  /// How long the holder may be silent before others hold his values: a sixth of the lease, so
  /// that a fifth of it is left, wherever he was between two renewals.
  Duration patience() {
    Duration part = ttl.dividedBy(6);
    return part.compareTo(PATIENCE_MIN) < 0 ? PATIENCE_MIN : part;
  }
}
