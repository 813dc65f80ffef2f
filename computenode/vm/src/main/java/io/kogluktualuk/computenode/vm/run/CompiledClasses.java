package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.hash.Sha256;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What compiling a module makes, before it is loaded.
///
/// @param classes class files by name
record CompiledClasses(SortedMap<String, byte[]> classes) {

  private static final int CLASSES_MAX = 100_000;

  /// A form for files: length-prefixed parts, then the hash of all of them.
  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 16);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(classes.size());
      for (Map.Entry<String, byte[]> each : classes.entrySet()) {
        out.writeUTF(each.getKey());
        put(out, each.getValue());
      }
      out.flush();
      out.write(Hash.of(bytes.toByteArray()).toBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("writing to an array", e);
    }
    return bytes.toByteArray();
  }

  private static void put(DataOutputStream out, byte[] part) throws IOException {
    out.writeInt(part.length);
    out.write(part);
  }

  /// Empty when the bytes are not what [#toBytes] gave: cut short, or damaged.
  static Optional<CompiledClasses> ofBytes(byte[] bytes) {
    int length = bytes.length - Hash.BYTES;
    if (length < 0 || !hashOf(bytes, length).equals(trailer(bytes, length))) {
      return Optional.empty();
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 0, length))) {
      SortedMap<String, byte[]> classes = new TreeMap<>();
      int count = Math.min(in.readInt(), CLASSES_MAX);
      for (int i = 0; i < count; i++) {
        classes.put(in.readUTF(), take(in));
      }
      return Optional.of(new CompiledClasses(classes));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static byte[] take(DataInputStream in) throws IOException {
    return in.readNBytes(in.readInt());
  }

  private static Hash hashOf(byte[] bytes, int length) {
    return new Sha256().update(bytes, 0, length).finish();
  }

  private static Hash trailer(byte[] bytes, int length) {
    return Hash.ofBytes(java.util.Arrays.copyOfRange(bytes, length, bytes.length));
  }
}
