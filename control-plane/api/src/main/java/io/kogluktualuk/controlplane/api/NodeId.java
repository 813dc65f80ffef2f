package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/// The name a node keeps for ever: 16 bytes, written as 32 hex digits. Ordered as its digits.
public record NodeId(long high, long low) implements Comparable<NodeId> {

  public static final int BYTES = 16;

  public static final Codec<NodeId> CODEC =
      new Codec<>() {
        @Override
        public void write(NodeId id, CanonicalWriter writer) {
          writer.u64(id.high).u64(id.low);
        }

        @Override
        public NodeId read(CanonicalReader reader) {
          return new NodeId(reader.u64(), reader.u64());
        }
      };

  private static final Comparator<NodeId> ORDER =
      Comparator.comparing(NodeId::high, Long::compareUnsigned)
          .thenComparing(NodeId::low, Long::compareUnsigned);

  /// A fresh id. A node makes one when it first starts on a folder, and keeps it there.
  public static NodeId of(RandomGenerator random) {
    return new NodeId(random.nextLong(), random.nextLong());
  }

  /// Reads 32 hex digits.
  ///
  /// @throws InvalidArgument when the text is anything else
  public static NodeId parse(String hex) {
    if (hex.length() != 2 * BYTES) {
      throw new InvalidArgument(
          "not a node id: '" + hex + "'; expected 32 hex digits, found " + hex.length());
    }
    try {
      return new NodeId(
          HexFormat.fromHexDigitsToLong(hex, 0, 16), HexFormat.fromHexDigitsToLong(hex, 16, 32));
    } catch (IllegalArgumentException e) {
      throw new InvalidArgument("not a node id: '" + hex + "'; expected 32 hex digits", e);
    }
  }

  @Override
  public int compareTo(NodeId other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(high) + hex.toHexDigits(low);
  }
}
