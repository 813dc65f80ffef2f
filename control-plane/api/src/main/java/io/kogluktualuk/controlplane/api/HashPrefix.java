package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.Locale;

/// The first digits of a hash, as people type them: 8 to 64 lower-case hex digits.
public record HashPrefix(String digits) {

  public static final int DIGITS_MIN = 8;
  public static final int DIGITS_MAX = 2 * Hash.BYTES;

  public static final Codec<HashPrefix> CODEC =
      new Codec<>() {
        @Override
        public void write(HashPrefix prefix, CanonicalWriter writer) {
          writer.text(prefix.digits);
        }

        @Override
        public HashPrefix read(CanonicalReader reader) {
          String digits = reader.text(DIGITS_MAX, "a hash prefix");
          if (!isValid(digits)) {
            throw reader.malformed("a hash prefix is not 8 to 64 lower-case hex digits");
          }
          return new HashPrefix(digits);
        }
      };

  public HashPrefix {
    if (!isValid(digits)) {
      throw new IllegalArgumentException("not a hash prefix: '" + digits + "'");
    }
  }

  /// Reads what a person typed, in either case.
  ///
  /// @throws InvalidArgument when it is anything else
  public static HashPrefix parse(String text) {
    String digits = text.toLowerCase(Locale.ROOT);
    if (!isValid(digits)) {
      throw new InvalidArgument(
          "not a hash or the beginning of one: '" + text + "'; expected 8 to 64 hex digits");
    }
    return new HashPrefix(digits);
  }

  public static HashPrefix of(Hash hash) {
    return new HashPrefix(hash.toHex());
  }

  public boolean matches(Hash hash) {
    return hash.toHex().startsWith(digits);
  }

  /// The first 32 bits of every hash that matches.
  public int firstWord() {
    return Integer.parseUnsignedInt(digits, 0, DIGITS_MIN, 16);
  }

  private static boolean isValid(String digits) {
    return digits.length() >= DIGITS_MIN
        && digits.length() <= DIGITS_MAX
        && digits.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f');
  }
}
