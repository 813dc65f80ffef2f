package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;

/// How much the outcomes in the memo index may be charged. All control nodes agree on it, and each
/// must have the heap for it.
///
/// @param bytes of heap at each control node
public record MemoLimit(long bytes) {

  /// Some 36 million outcomes.
  public static final long BYTES_MAX = 8L << 30;

  public static final Codec<MemoLimit> CODEC =
      new Codec<>() {
        @Override
        public void write(MemoLimit limit, CanonicalWriter writer) {
          writer.varint(limit.bytes);
        }

        @Override
        public MemoLimit read(CanonicalReader reader) {
          return new MemoLimit(reader.varint(BYTES_MAX, "the limit of the memo index"));
        }
      };

  public MemoLimit {
    if (bytes < 0 || bytes > BYTES_MAX) {
      throw new IllegalArgumentException(
          "the limit of the memo index: " + bytes + " bytes, expected 0 to " + BYTES_MAX);
    }
  }

  @Override
  public String toString() {
    return bytes + " bytes";
  }
}
