package io.kogluktualuk.computenode.vm.module;

import java.util.List;
import java.util.Locale;

/// Types as bytes, which are compared faster than values of [ValueType]: their codes.
final class Types {

  static final byte I32 = 0x7F;
  static final byte I64 = 0x7E;
  static final byte F32 = 0x7D;
  static final byte F64 = 0x7C;
  static final byte V128 = 0x7B;
  static final byte FUNCREF = 0x70;
  static final byte EXTERNREF = 0x6F;

  static final byte[] NONE = {};

  private static final byte[][] SINGLE = single();

  private Types() {}

  private static byte[][] single() {
    byte[][] types = new byte[128][];
    for (ValueType type : ValueType.values()) {
      types[type.code()] = new byte[] {(byte) type.code()};
    }
    return types;
  }

  static byte of(ValueType type) {
    return (byte) type.code();
  }

  /// The same array for the same types each time.
  static byte[] listOf(ValueType type) {
    return SINGLE[type.code()];
  }

  static byte[] listOf(List<ValueType> types) {
    byte[] codes = new byte[types.size()];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = of(types.get(i));
    }
    return codes;
  }

  static boolean isReference(byte type) {
    return type == FUNCREF || type == EXTERNREF;
  }

  /// For messages.
  static String name(byte type) {
    for (ValueType each : ValueType.values()) {
      if (each.code() == type) {
        return each.name().toLowerCase(Locale.ROOT);
      }
    }
    return "an operand";
  }

  static String names(byte[] types) {
    StringBuilder text = new StringBuilder("[");
    for (byte type : types) {
      text.append(text.length() == 1 ? "" : " ").append(name(type));
    }
    return text.append(']').toString();
  }
}
