package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;

/// How an account stands.
///
/// @param limitBytes as the operator wants it
/// @param allottedBytes given to memory nodes, all together
/// @param nodeBytes given to the node that asked; 0 when none did
public record CreditBalance(long limitBytes, long allottedBytes, long nodeBytes) {

  /// 4 EiB: twice as much is still a number.
  public static final long BYTES_MAX = 1L << 62;

  public static final Codec<CreditBalance> CODEC =
      new Codec<>() {
        @Override
        public void write(CreditBalance balance, CanonicalWriter writer) {
          writer.varint(balance.limitBytes).varint(balance.allottedBytes);
          writer.varint(balance.nodeBytes);
        }

        @Override
        public CreditBalance read(CanonicalReader reader) {
          long limit = reader.varint(BYTES_MAX, "the limit of an account");
          long allotted = reader.varint(BYTES_MAX, "the bytes allotted");
          return new CreditBalance(limit, allotted, reader.varint(allotted, "the node's bytes"));
        }
      };

  public CreditBalance {
    check(limitBytes, "the limit of an account");
    check(allottedBytes, "the bytes allotted");
    check(nodeBytes, "the node's bytes");
    if (nodeBytes > allottedBytes) {
      throw new IllegalArgumentException(nodeBytes + " of " + allottedBytes + " allotted bytes");
    }
  }

  static void check(long bytes, String meaning) {
    if (bytes < 0 || bytes > BYTES_MAX) {
      throw new IllegalArgumentException(meaning + ": " + bytes);
    }
  }
}
