package io.kogluktualuk.computenode.vm.run;

import java.io.ByteArrayOutputStream;

/// Writes modules that no toolchain would.
final class ModuleBytes {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  static ModuleBytes begin() {
    return new ModuleBytes().put(0, 'a', 's', 'm', 1, 0, 0, 0);
  }

  /// Type 0 is a function of nothing that returns nothing.
  static ModuleBytes withType() {
    return begin().section(1, part().put(1, 0x60, 0, 0));
  }

  /// One function of type 0 with this body, locals included.
  static byte[] withBody(ModuleBytes body) {
    ModuleBytes code = part().leb(1).leb(body.out.size()).put(body);
    return withType().section(3, part().put(1, 0)).section(10, code).toBytes();
  }

  static ModuleBytes part() {
    return new ModuleBytes();
  }

  ModuleBytes put(int... bytes) {
    for (int each : bytes) {
      out.write(each);
    }
    return this;
  }

  ModuleBytes put(ModuleBytes other) {
    out.writeBytes(other.out.toByteArray());
    return this;
  }

  ModuleBytes repeat(int count, int... bytes) {
    for (int i = 0; i < count; i++) {
      put(bytes);
    }
    return this;
  }

  ModuleBytes leb(long value) {
    long rest = value;
    while (rest >= 0x80) {
      out.write((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
    return this;
  }

  ModuleBytes signed(long value) {
    long rest = value;
    while (rest >= 64 || rest < -64) {
      out.write((int) (rest & 0x7F) | 0x80);
      rest >>= 7;
    }
    out.write((int) (rest & 0x7F));
    return this;
  }

  ModuleBytes littleEndian(long value, int count) {
    for (int i = 0; i < count; i++) {
      out.write((int) (value >>> (8 * i)));
    }
    return this;
  }

  ModuleBytes section(int id, ModuleBytes content) {
    return put(id).leb(content.out.size()).put(content);
  }

  byte[] toBytes() {
    return out.toByteArray();
  }
}
