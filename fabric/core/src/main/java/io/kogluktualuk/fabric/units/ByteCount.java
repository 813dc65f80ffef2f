package io.kogluktualuk.fabric.units;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A number of bytes, with the text form that people write: `64KiB`, `1.5 GiB`, `4096`.
///
/// Binary prefixes only (KiB, MiB, GiB, TiB; a bare K, M, G, T means the same).
public record ByteCount(long bytes) {

  private static final Pattern TEXT =
      Pattern.compile(
          "(\\d{1,15})(?:\\.(\\d{1,3}))?\\s*([KMGT]?)(?:i?B)?", Pattern.CASE_INSENSITIVE);

  public ByteCount {
    if (bytes < 0) {
      throw new IllegalArgumentException("a byte count cannot be negative: " + bytes);
    }
  }

  public static ByteCount mebibytes(long count) {
    return new ByteCount(Math.multiplyExact(count, 1L << 20));
  }

  public static ByteCount gibibytes(long count) {
    return new ByteCount(Math.multiplyExact(count, 1L << 30));
  }

  /// Reads the text form.
  ///
  /// @throws InvalidArgument when the text is not a byte count
  public static ByteCount parse(String text) {
    Matcher matcher = TEXT.matcher(text.strip());
    if (!matcher.matches()) {
      throw new InvalidArgument(
          "not a byte count: '"
              + text
              + "'; expected a number with an optional KiB, MiB, GiB, TiB");
    }
    int shift =
        10
            * " KMGT"
                .indexOf(
                    matcher.group(3).isEmpty() ? " " : matcher.group(3).toUpperCase(Locale.ROOT));
    try {
      long whole = Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift);
      String decimals = matcher.group(2);
      if (decimals == null) {
        return new ByteCount(whole);
      }
      long thousandths = Long.parseLong((decimals + "00").substring(0, 3));
      return new ByteCount(Math.addExact(whole, thousandths * (1L << shift) / 1000));
    } catch (ArithmeticException e) {
      throw new InvalidArgument("byte count is too large: '" + text + "'", e);
    }
  }

  /// The shortest readable form, with one decimal: `1.5 GiB`.
  @Override
  public String toString() {
    if (bytes < 1024) {
      return bytes + " B";
    }
    int exponent = (63 - Long.numberOfLeadingZeros(bytes)) / 10;
    double scaled = bytes / (double) (1L << (10 * exponent));
    return String.format(Locale.ROOT, "%.1f %ciB", scaled, "KMGTPE".charAt(exponent - 1));
  }
}
