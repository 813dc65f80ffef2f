package io.kogluktualuk.computenode.vm.meter;

import java.util.Arrays;

/// Collects the bytes of a module being written. **Threading:** one thread.
final class ByteSink {

  private byte[] bytes;
  private int size;

  ByteSink(int expected) {
    bytes = new byte[Math.max(16, expected)];
  }

  private void reserve(int more) {
    int needed = Math.addExact(size, more);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length + (bytes.length >> 1)));
    }
  }

  ByteSink put(int value) {
    reserve(1);
    bytes[size++] = (byte) value;
    return this;
  }

  ByteSink put(byte[] source, int start, int end) {
    reserve(end - start);
    System.arraycopy(source, start, bytes, size, end - start);
    size += end - start;
    return this;
  }

  ByteSink put(ByteSink other) {
    return put(other.bytes, 0, other.size);
  }

  /// An unsigned LEB128 number.
  ByteSink putU32(long value) {
    long rest = value;
    while (rest >= 0x80) {
      put((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    return put((int) rest);
  }

  /// A signed LEB128 number.
  ByteSink putS64(long value) {
    long rest = value;
    while (rest >= 64 || rest < -64) {
      put((int) (rest & 0x7F) | 0x80);
      rest >>= 7;
    }
    return put((int) (rest & 0x7F));
  }

  ByteSink putLittleEndian(long value, int count) {
    for (int i = 0; i < count; i++) {
      put((int) (value >>> (8 * i)));
    }
    return this;
  }

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }
}
