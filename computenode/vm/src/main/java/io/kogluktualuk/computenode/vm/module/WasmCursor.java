package io.kogluktualuk.computenode.vm.module;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Reads a binary module from front to back, and never past the end it was given.
///
/// **Threading:** one thread.
public final class WasmCursor {

  private final byte[] bytes;
  private final int end;
  private int position;

  public WasmCursor(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  /// Another reader at the same place, to look ahead.
  public WasmCursor copy() {
    return new WasmCursor(bytes, position, end);
  }

  /// A reader of the same bytes at another place.
  public WasmCursor from(int other) {
    return new WasmCursor(bytes, other, end);
  }

  public int position() {
    return position;
  }

  public void moveTo(int other) {
    position = other;
  }

  public boolean atEnd() {
    return position == end;
  }

  public int readByte() {
    if (position == end) {
      throw malformed("unexpected end");
    }
    return bytes[position++] & 0xFF;
  }

  /// The next byte without passing it, or -1 at the end.
  public int peekByte() {
    return position == end ? -1 : bytes[position] & 0xFF;
  }

  /// An unsigned LEB128 number of at most 32 bits.
  public long readU32() {
    long value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      int next = readByte();
      value |= (long) (next & 0x7F) << shift;
      if ((next & 0x80) == 0) {
        if (value > 0xFFFF_FFFFL) {
          throw malformed("integer too large");
        }
        return value;
      }
    }
    throw malformed("integer representation too long");
  }

  /// A count of things that take `bytesEach` bytes at least, so that it cannot promise more than
  /// there is; also at most `max`, or the module is refused.
  public int readCount(String what, int max) {
    long count = readU32();
    ModuleBounds.require("number of " + what, count, max);
    if (count > end - position) {
      throw malformed("unexpected end: " + count + " " + what + " do not fit");
    }
    return (int) count;
  }

  /// A 32-bit index; what it points at is the validator's business.
  public int readIndex() {
    long index = readU32();
    if (index > Integer.MAX_VALUE) {
      throw malformed("index too large");
    }
    return (int) index;
  }

  /// A signed LEB128 number of at most `bytesMax` bytes, extended to 64 bits.
  public long readS64(int bytesMax) {
    long value = 0;
    for (int i = 0; i < bytesMax; i++) {
      int next = readByte();
      value |= (long) (next & 0x7F) << (7 * i);
      if ((next & 0x80) == 0) {
        if (i == bytesMax - 1) {
          requireSign(next, bytesMax == 5 ? 32 : 64);
        }
        int unused = 64 - 7 * (i + 1);
        return unused > 0 ? value << unused >> unused : value;
      }
    }
    throw malformed("integer representation too long");
  }

  /// In the last byte of the longest form, the bits beyond the number repeat its sign.
  private void requireSign(int last, int bits) {
    int rest = last << 25 >> 25 >> bits % 7 - 1;
    if (rest != 0 && rest != -1) {
      throw malformed("integer too large");
    }
  }

  /// A signed LEB128 number of at most 33 bits that is not negative: the type of a block.
  public long readS33AsIndex() {
    int start = position;
    long index = readU32();
    // In a form of five bytes the sign is a bit that no index has.
    if (position - start < 5 && (bytes[position - 1] & 0x40) != 0) {
      throw malformed("malformed block type");
    }
    return index;
  }

  /// The next `count` bytes as a number, the least significant first.
  public long readLittleEndian(int count) {
    long value = 0;
    for (int i = 0; i < count; i++) {
      value |= (long) readByte() << (8 * i);
    }
    return value;
  }

  /// Passes a LEB128 number of at most `bytesMax` bytes.
  public void skipLeb(int bytesMax) {
    for (int i = 0; i < bytesMax; i++) {
      if ((readByte() & 0x80) == 0) {
        return;
      }
    }
    throw malformed("integer representation too long");
  }

  public void skip(long length) {
    if (length > end - position) {
      throw malformed("unexpected end: " + length + " more bytes expected");
    }
    position += (int) length;
  }

  public String readName() {
    int length = readCount("bytes in a name", ModuleBounds.NAME_BYTES);
    try {
      String name =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes, position, length))
              .toString();
      position += length;
      return name;
    } catch (CharacterCodingException e) {
      throw malformed("malformed UTF-8 encoding");
    }
  }

  public MalformedEncoding malformed(String what) {
    return new MalformedEncoding("not a valid module: " + what + " at offset " + position);
  }
}
