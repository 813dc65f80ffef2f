package io.kogluktualuk.fabric.benchmarks;

import java.io.ByteArrayOutputStream;

/// As much of the protocol buffers wire format [1] as the peer's requests need, written by hand so
/// that nothing stands between the peer and its figures.
///
/// [1] https://protobuf.dev/programming-guides/encoding/
///
/// **Threading:** one thread.
final class Protobuf {

  private static final int VARINT = 0;
  private static final int BYTES = 2;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);

  Protobuf bytes(int field, byte[] value) {
    varint(field << 3 | BYTES);
    varint(value.length);
    out.write(value, 0, value.length);
    return this;
  }

  byte[] toBytes() {
    return out.toByteArray();
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) (rest & 0x7F | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  /// The number in a field of a message that has varints and lengths only; 0 when it is not there.
  static long number(byte[] message, int from, int to, int field) {
    int[] at = {from};
    while (at[0] < to) {
      long tag = varint(message, at);
      long value = varint(message, at);
      if (tag >>> 3 == field && (tag & 7) == VARINT) {
        return value;
      }
      if ((tag & 7) == BYTES) {
        at[0] += (int) value;
      }
    }
    return 0;
  }

  /// Where the message in a field begins and ends; null when it is not there.
  static int @org.jspecify.annotations.Nullable [] range(byte[] message, int field) {
    int[] at = {0};
    while (at[0] < message.length) {
      long tag = varint(message, at);
      long value = varint(message, at);
      if ((tag & 7) == BYTES) {
        if (tag >>> 3 == field) {
          return new int[] {at[0], at[0] + (int) value};
        }
        at[0] += (int) value;
      }
    }
    return null;
  }

  private static long varint(byte[] message, int[] at) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = message[at[0]++];
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}
