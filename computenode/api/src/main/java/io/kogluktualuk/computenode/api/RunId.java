package io.kogluktualuk.computenode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/// Names one top-level run, chosen by whoever asks for it, so that the run can be watched,
/// cancelled and asked for again after a lost connection.
///
/// ```
/// u64 high │ u64 low
/// ```
public record RunId(long high, long low) {

  public static final Codec<RunId> CODEC =
      new Codec<>() {
        @Override
        public void write(RunId id, CanonicalWriter writer) {
          writer.u64(id.high).u64(id.low);
        }

        @Override
        public RunId read(CanonicalReader reader) {
          return new RunId(reader.u64(), reader.u64());
        }
      };

  public static RunId random(RandomGenerator random) {
    return new RunId(random.nextLong(), random.nextLong());
  }

  /// Reads 32 hex digits.
  ///
  /// @throws InvalidArgument when the text is anything else
  public static RunId parse(String hex) {
    try {
      if (hex.length() == 32) {
        return new RunId(
            HexFormat.fromHexDigitsToLong(hex, 0, 16), HexFormat.fromHexDigitsToLong(hex, 16, 32));
      }
    } catch (NumberFormatException e) {
      throw new InvalidArgument("not a run id: '" + hex + "'; expected 32 hex digits", e);
    }
    throw new InvalidArgument("not a run id: '" + hex + "'; expected 32 hex digits");
  }

  @Override
  public String toString() {
    return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
  }
}
