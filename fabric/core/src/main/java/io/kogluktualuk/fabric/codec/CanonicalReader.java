package io.kogluktualuk.fabric.codec;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads the canonical encoding of [CanonicalWriter] and refuses every other.
///
/// **Threading:** one thread.
/// **Errors:** [MalformedEncoding] naming the position, for a truncated value, an overlong varint,
/// text that is not UTF-8, a count beyond its limit, or bytes left over at [#end].
/// **Bound:** no allocation is larger than the bytes that are present.
public final class CanonicalReader {

  private static final byte[] NOTHING = {};

  private String what = "nothing";
  private byte[] bytes = NOTHING;
  private int limit;
  private int position;

  /// A reader of nothing, to be given something by [#over].
  public CanonicalReader() {}

  /// @param what names the thing being read in error messages, such as `tree 3f1a…`
  public CanonicalReader(String what, byte[] bytes) {
    this(what, bytes, 0, bytes.length);
  }

  public CanonicalReader(String what, byte[] bytes, int offset, int length) {
    over(what, bytes, offset, length);
  }

  /// Reads these bytes from now on. For readers that are used again and again.
  public final void over(String newWhat, byte[] newBytes, int offset, int length) {
    what = newWhat;
    bytes = newBytes;
    position = offset;
    limit = Math.addExact(offset, length);
  }

  public int remaining() {
    return limit - position;
  }

  public int u8() {
    need(1, "a byte");
    return bytes[position++] & 0xFF;
  }

  public long u64() {
    need(8, "8 bytes");
    long value = 0;
    for (int i = 0; i < 8; i++) {
      value = value << 8 | bytes[position++] & 0xFF;
    }
    return value;
  }

  public long varint() {
    int start = position;
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      int b = u8();
      value |= (long) (b & 0x7F) << shift;
      if (b < 0x80) {
        if (b == 0 && shift > 0) {
          throw malformed(start, "a number is not in its shortest form");
        }
        return value;
      }
    }
    throw malformed(start, "a number is longer than 63 bits");
  }

  /// A number of at most `max`.
  public long varint(long max, String meaning) {
    int start = position;
    long value = varint();
    if (value > max) {
      throw malformed(start, meaning + " is " + value + ", at most " + max + " is allowed");
    }
    return value;
  }

  /// A number of elements, each of which takes at least `bytesEach` bytes of what remains.
  public int count(int max, int bytesEach, String meaning) {
    int start = position;
    int count = (int) varint(max, meaning);
    if ((long) count * bytesEach > remaining()) {
      throw malformed(
          start,
          "it is truncated: "
              + meaning
              + " is "
              + count
              + ", but "
              + remaining()
              + " bytes remain");
    }
    return count;
  }

  public boolean bool() {
    int start = position;
    int value = u8();
    if (value > 1) {
      throw malformed(start, "a truth value is " + value + ", expected 0 or 1");
    }
    return value == 1;
  }

  public byte[] bytes(int max, String meaning) {
    int length = (int) varint(max, "the length of " + meaning);
    need(length, meaning);
    byte[] value = Arrays.copyOfRange(bytes, position, position + length);
    position += length;
    return value;
  }

  public String text(int bytesMax, String meaning) {
    int length = (int) varint(bytesMax, "the length of " + meaning);
    need(length, meaning);
    if (isPlain(length)) {
      String value = new String(bytes, position, length, StandardCharsets.US_ASCII);
      position += length;
      return value;
    }
    try {
      String value =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes, position, length))
              .toString();
      position += length;
      return value;
    } catch (CharacterCodingException e) {
      throw malformed(position, meaning + " is not UTF-8");
    }
  }

  /// Nearly all names are, and a decoder costs more than the rest of a message.
  private boolean isPlain(int length) {
    for (int i = position; i < position + length; i++) {
      if (bytes[i] < 0) {
        return false;
      }
    }
    return true;
  }

  public Hash hash() {
    need(Hash.BYTES, "a hash");
    Hash hash = Hash.read(bytes, position);
    position += Hash.BYTES;
    return hash;
  }

  /// Expects exactly these bytes: a magic number.
  public void magic(byte[] expected) {
    int start = position;
    need(expected.length, "its first bytes");
    if (!Arrays.equals(bytes, position, position + expected.length, expected, 0, expected.length)) {
      throw malformed(start, "it does not begin as its kind must");
    }
    position += expected.length;
  }

  /// Passes over bytes whose content does not matter here.
  public void skip(int count, String meaning) {
    need(count, meaning);
    position += count;
  }

  /// Declares the value complete.
  public void end() {
    if (position != limit) {
      throw malformed(position, remaining() + " bytes are left over");
    }
  }

  /// The error to throw for a rule that the codec itself does not know.
  public MalformedEncoding malformed(String reason) {
    return malformed(position, reason);
  }

  private void need(int count, String meaning) {
    if (count > remaining()) {
      throw malformed(
          position,
          "it is truncated: " + meaning + " needs " + count + " bytes, " + remaining() + " remain");
    }
  }

  private MalformedEncoding malformed(int at, String reason) {
    return new MalformedEncoding(what + ": at byte " + at + ": " + reason);
  }
}
