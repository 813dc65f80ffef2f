package io.kogluktualuk.fabric.transaction;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;

/// What a transaction may use. Part of its key: the same program with other limits is another
/// transaction, because a limit can be what ends it.
///
/// ```
/// varint fuel │ varint memory bytes │ varint output bytes
/// ```
///
/// @param fuel instructions, as the VM counts them
/// @param memoryBytes the most linear memory the program may have
/// @param outputBytes the most bytes it may write to its output, to `/tmp` and to its diagnostics
public record Limits(long fuel, long memoryBytes, long outputBytes) {

  /// Enough for a few minutes of work, 512 MiB of memory and 64 GiB of output.
  public static final Limits DEFAULT = new Limits(1_000_000_000_000L, 512L << 20, 64L << 30);

  public static final Codec<Limits> CODEC =
      new Codec<>() {
        @Override
        public void write(Limits limits, CanonicalWriter writer) {
          writer.varint(limits.fuel).varint(limits.memoryBytes).varint(limits.outputBytes);
        }

        @Override
        public Limits read(CanonicalReader reader) {
          return new Limits(reader.varint(), reader.varint(), reader.varint());
        }
      };

  public Limits {
    if (fuel < 0 || memoryBytes < 0 || outputBytes < 0) {
      throw new IllegalArgumentException("limits are not negative");
    }
  }
}
