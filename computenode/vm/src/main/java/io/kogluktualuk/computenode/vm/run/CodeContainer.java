package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/// The form in which compiled classes are shared with others: one for the same classes, since its
/// hash is their name.
///
/// ```
/// "kogC" u8 version=1 │ u32 classes │ { u16 length │ name, ASCII │ u32 length │ class file } …
/// ```
///
/// Numbers are big-endian, names strictly ascending.
///
/// **Threading:** stateless. **Bound:** reading copies each byte once; it allocates nothing by a
/// length that is not there.
final class CodeContainer {

  private static final byte[] MAGIC = {'k', 'o', 'g', 'C', 1};
  private static final int HEADER_BYTES = MAGIC.length + 4;
  private static final int CLASS_BYTES_MIN = 2 + 4;

  private CodeContainer() {}

  static byte[] encode(SortedMap<String, byte[]> classes) {
    long length = HEADER_BYTES;
    for (var each : classes.entrySet()) {
      length += CLASS_BYTES_MIN + each.getKey().length() + each.getValue().length;
    }
    ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(length));
    out.put(MAGIC).putInt(classes.size());
    classes.forEach(
        (name, file) -> {
          out.putShort((short) name.length());
          out.put(name.getBytes(StandardCharsets.US_ASCII));
          out.putInt(file.length).put(file);
        });
    return out.array();
  }

  /// @throws MalformedEncoding when [#encode] would not make exactly these bytes
  static SortedMap<String, byte[]> decode(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (!Arrays.equals(MAGIC, take(in, MAGIC.length))) {
      throw malformed(in, "no compiled code of a known form");
    }
    require(in, 4);
    int count = in.getInt();
    if (count < 0 || count > in.remaining() / CLASS_BYTES_MIN) {
      throw malformed(in, count + " classes, which is more than fit");
    }
    TreeMap<String, byte[]> classes = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      String name = takeName(in);
      if (!classes.isEmpty() && name.compareTo(classes.lastKey()) <= 0) {
        throw malformed(in, "class " + i + " is not in order");
      }
      require(in, 4);
      classes.put(name, take(in, in.getInt()));
    }
    if (in.hasRemaining()) {
      throw malformed(in, "expected the end, found " + in.remaining() + " bytes more");
    }
    return classes;
  }

  private static String takeName(ByteBuffer in) {
    require(in, 2);
    byte[] name = take(in, in.getShort() & 0xFFFF);
    for (byte each : name) {
      if (each < 0) {
        throw malformed(in, "the name of a class is not ASCII");
      }
    }
    return new String(name, StandardCharsets.US_ASCII);
  }

  private static byte[] take(ByteBuffer in, int length) {
    require(in, length);
    byte[] part = new byte[length];
    in.get(part);
    return part;
  }

  private static void require(ByteBuffer in, int length) {
    if (length < 0 || length > in.remaining()) {
      throw malformed(in, "expected " + length + " bytes more, found " + in.remaining());
    }
  }

  private static MalformedEncoding malformed(ByteBuffer in, String reason) {
    return new MalformedEncoding("compiled code at byte " + in.position() + ": " + reason);
  }
}
