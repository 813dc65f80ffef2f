package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;

/// How busy a node was at its last heartbeat. Nobody agrees on it: it is only a hint.
///
/// @param usedBytes of its memory
/// @param busySlots transactions it runs
/// @param waiting transactions it has accepted and not begun
public record Load(long usedBytes, int busySlots, int waiting) {

  public static final Load NONE = new Load(0, 0, 0);

  /// The most bytes an encoded load takes.
  static final int ENCODED_BYTES_MAX = 9 + 5 + 5;

  public static final Codec<Load> CODEC =
      new Codec<>() {
        @Override
        public void write(Load load, CanonicalWriter writer) {
          writer.varint(load.usedBytes).varint(load.busySlots).varint(load.waiting);
        }

        @Override
        public Load read(CanonicalReader reader) {
          return new Load(
              reader.varint(),
              (int) reader.varint(Integer.MAX_VALUE, "the busy slots"),
              (int) reader.varint(Integer.MAX_VALUE, "the waiting transactions"));
        }
      };

  public Load {
    if (usedBytes < 0 || busySlots < 0 || waiting < 0) {
      throw new IllegalArgumentException(
          "a load is not negative: " + usedBytes + ", " + busySlots + ", " + waiting);
    }
  }
}
