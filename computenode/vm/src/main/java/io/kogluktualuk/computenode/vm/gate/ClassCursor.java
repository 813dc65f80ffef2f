package io.kogluktualuk.computenode.vm.gate;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.nio.charset.StandardCharsets;

/// Reads the parts of a class file in order, big-endian.
///
/// **Threading:** one thread. **Errors:** [MalformedEncoding] at the end of the bytes and wherever
/// its readers find something else than they expect.
final class ClassCursor {

  private final String name;
  private final byte[] bytes;
  private int at;

  /// @param name of the class, for messages
  ClassCursor(String name, byte[] bytes) {
    this.name = name;
    this.bytes = bytes;
  }

  int position() {
    return at;
  }

  boolean atEnd() {
    return at == bytes.length;
  }

  byte[] bytes() {
    return bytes;
  }

  int u1() {
    return bytes[skip(1)] & 0xFF;
  }

  int u2() {
    return u2At(skip(2));
  }

  int u2At(int position) {
    return (bytes[position] & 0xFF) << 8 | bytes[position + 1] & 0xFF;
  }

  int intAt(int position) {
    return u2At(position) << 16 | u2At(position + 2);
  }

  /// A length; those beyond 2^31 are beyond the end as well.
  int length() {
    return intAt(skip(4));
  }

  /// Goes on behind some bytes; where they begin.
  int skip(int count) {
    if (count < 0 || count > bytes.length - at) {
      throw refused("ends within " + count + " bytes");
    }
    int start = at;
    at += count;
    return start;
  }

  /// Text, for comparison: what is not ASCII becomes something else that is not either.
  String text(int position, int count) {
    return new String(bytes, position, count, StandardCharsets.ISO_8859_1);
  }

  /// @param found told with the fault; put into words only then
  void require(boolean condition, String expected, Object found) {
    if (!condition) {
      throw refused("expected " + expected + ", found " + found);
    }
  }

  /// @param where likewise
  void require(boolean condition, String expected, Object found, Object where) {
    if (!condition) {
      throw refused("expected " + expected + ", found " + found + " in " + where);
    }
  }

  MalformedEncoding refused(String reason) {
    return new MalformedEncoding("class " + name + " at byte " + at + ": " + reason);
  }
}
