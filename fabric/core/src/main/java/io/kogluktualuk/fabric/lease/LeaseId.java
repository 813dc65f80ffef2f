package io.kogluktualuk.fabric.lease;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/// The name of a lease: 16 bytes that its holder draws, written as 32 hex digits.
///
/// Where holders are certified, the name of a lease says whose it is: nobody can use it who is not
/// certified by the name that it was drawn for, and nobody need be asked about it.
///
/// ```
/// 8 bytes: the first of SHA-256 ("lease of" │ owner │ the other 8 bytes) │ 8 random bytes
/// ```
///
/// Where nobody is certified all of it is random.
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

  /// A fresh name for somebody's own lease.
  ///
  /// @param owner what its certificate calls it, role and name
  public static LeaseId of(String owner, RandomGenerator random) {
    long low = random.nextLong();
    return new LeaseId(bound(owner, low), low);
  }

  /// Whether it was drawn for this owner.
  public boolean isOf(String owner) {
    return high == bound(owner, low);
  }

  private static long bound(String owner, long low) {
    CanonicalWriter writer = new CanonicalWriter().text("lease of").text(owner).u64(low);
    return Hash.of(writer.toBytes()).word(0);
  }

  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(high) + hex.toHexDigits(low);
  }
}
