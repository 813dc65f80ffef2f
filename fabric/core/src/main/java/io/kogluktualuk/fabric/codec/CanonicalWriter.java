package io.kogluktualuk.fabric.codec;

import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.hash.Hash;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes values in the canonical encoding.
///
/// ```
/// varint   unsigned LEB128, shortest form: 7 bits a byte, low bits first, top bit = more follow
/// bytes    varint length, then the bytes
/// text     bytes, valid UTF-8
/// hash     32 bytes
/// u8       1 byte            u64   8 bytes, big endian
/// ```
///
/// Every value has exactly one encoding, so equal values have equal hashes.
///
/// **Threading:** one thread. **Bound:** [#lengthMax], beyond which it throws [OutOfSpace].
public final class CanonicalWriter {

  /// What one byte of a varint can tell.
  private static final int PLAIN_MAX = 0x7F;

  private final int lengthMax;
  private byte[] buffer;
  private int length;

  public CanonicalWriter() {
    this(1 << 30);
  }

  public CanonicalWriter(int lengthMax) {
    this.lengthMax = lengthMax;
    this.buffer = new byte[Math.min(256, lengthMax)];
  }

  public int lengthMax() {
    return lengthMax;
  }

  public int length() {
    return length;
  }

  public CanonicalWriter u8(int value) {
    if (value < 0 || value > 0xFF) {
      throw new IllegalArgumentException("not a byte: " + value);
    }
    ensure(1);
    buffer[length++] = (byte) value;
    return this;
  }

  public CanonicalWriter u64(long value) {
    ensure(8);
    for (int shift = 56; shift >= 0; shift -= 8) {
      buffer[length++] = (byte) (value >>> shift);
    }
    return this;
  }

  /// A non-negative number.
  public CanonicalWriter varint(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("a varint is not negative: " + value);
    }
    ensure(varintBytes(value));
    long rest = value;
    while (rest >= 0x80) {
      buffer[length++] = (byte) (rest & 0x7F | 0x80);
      rest >>>= 7;
    }
    buffer[length++] = (byte) rest;
    return this;
  }

  /// How many bytes [#varint] takes for a number.
  public static int varintBytes(long value) {
    return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
  }

  public CanonicalWriter bool(boolean value) {
    return u8(value ? 1 : 0);
  }

  public CanonicalWriter bytes(byte[] value) {
    varint(value.length);
    ensure(value.length);
    System.arraycopy(value, 0, buffer, length, value.length);
    length += value.length;
    return this;
  }

  public CanonicalWriter text(String value) {
    return putPlain(value) ? this : bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  /// Writes a short text that is ASCII, as nearly all are, without an array of its own.
  ///
  /// @return false when it is another, and nothing has been written
  private boolean putPlain(String value) {
    int count = value.length();
    if (count > PLAIN_MAX) {
      return false;
    }
    ensure(1 + count);
    int start = length + 1;
    for (int i = 0; i < count; i++) {
      char c = value.charAt(i);
      if (c >= 0x80) {
        return false;
      }
      buffer[start + i] = (byte) c;
    }
    buffer[length] = (byte) count;
    length = start + count;
    return true;
  }

  public CanonicalWriter hash(Hash value) {
    ensure(Hash.BYTES);
    value.write(buffer, length);
    length += Hash.BYTES;
    return this;
  }

  /// Bytes as they are, without a length: magic numbers.
  public CanonicalWriter raw(byte[] value) {
    return raw(value, 0, value.length);
  }

  /// A part of an array as it is, without a length: what is encoded already.
  public CanonicalWriter raw(byte[] value, int offset, int count) {
    ensure(count);
    System.arraycopy(value, offset, buffer, length, count);
    length += count;
    return this;
  }

  /// Forgets what was written, to write something else. Its memory is kept.
  public void clear() {
    length = 0;
  }

  /// What has been written, in the first [#length] bytes; only valid until the next write.
  public byte[] buffer() {
    return buffer;
  }

  public byte[] toBytes() {
    return Arrays.copyOf(buffer, length);
  }

  private void ensure(int more) {
    int needed = Math.addExact(length, more);
    if (needed > lengthMax) {
      throw new OutOfSpace("an encoding needs more than its limit of " + lengthMax + " bytes");
    }
    if (needed > buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.max(needed, Math.min(lengthMax, buffer.length * 2)));
    }
  }
}
