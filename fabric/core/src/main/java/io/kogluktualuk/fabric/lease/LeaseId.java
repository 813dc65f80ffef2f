package io.kogluktualuk.fabric.lease;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/// The name of a lease: 16 bytes that its holder draws at random, written as 32 hex digits.
public record LeaseId(long high, long low) {

  public static final int BYTES = 16;

  public static final Codec<LeaseId> CODEC =
      new Codec<>() {
        @Override
        public void write(LeaseId id, CanonicalWriter writer) {
          writer.u64(id.high).u64(id.low);
        }

        @Override
        public LeaseId read(CanonicalReader reader) {
          return new LeaseId(reader.u64(), reader.u64());
        }
      };

  /// A fresh name.
  ///
  /// @param random must not be predictable where holders do not trust each other
  public static LeaseId of(RandomGenerator random) {
    return new LeaseId(random.nextLong(), random.nextLong());
  }

  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(high) + hex.toHexDigits(low);
  }
}
