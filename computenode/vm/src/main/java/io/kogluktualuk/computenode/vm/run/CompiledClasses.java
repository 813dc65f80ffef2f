package io.kogluktualuk.computenode.vm.run;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/// What compiling a module makes, before it is loaded.
///
/// In files, where it ends in a checksum against damage; one against malice would help nobody (see
/// [DiskCache]) and, in a JVM that has just started, take longer than all the rest of loading:
///
/// ```
/// u32 classes │ { name │ u32 length │ class file } … │ u32 CRC-32C of all before
/// ```
///
/// Numbers are big-endian; a name is as [DataOutputStream#writeUTF] has it.
///
/// @param classes class files by name
record CompiledClasses(SortedMap<String, byte[]> classes) {

  private static final int CHECKSUM_BYTES = 4;

  /// A form for files.
  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 16);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(classes.size());
      for (Map.Entry<String, byte[]> each : classes.entrySet()) {
        out.writeUTF(each.getKey());
        out.writeInt(each.getValue().length);
        out.write(each.getValue());
      }
      out.flush();
      out.writeInt(checksum(bytes.toByteArray(), bytes.size()));
    } catch (IOException e) {
      throw new UncheckedIOException("writing to an array", e);
    }
    return bytes.toByteArray();
  }

  /// Empty when the bytes are not what [#toBytes] gave: cut short, or damaged.
  static Optional<CompiledClasses> ofBytes(byte[] bytes) {
    int length = bytes.length - CHECKSUM_BYTES;
    if (length < 0 || checksum(bytes, length) != ByteBuffer.wrap(bytes).getInt(length)) {
      return Optional.empty();
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 0, length))) {
      SortedMap<String, byte[]> classes = new TreeMap<>();
      for (int i = in.readInt(); i > 0; i--) {
        classes.put(in.readUTF(), take(in));
      }
      return in.available() == 0 ? Optional.of(new CompiledClasses(classes)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static byte[] take(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new EOFException("expected a class file of " + length + " bytes");
    }
    return in.readNBytes(length);
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, length);
    return (int) checksum.getValue();
  }
}
