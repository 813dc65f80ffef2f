package io.kogluktualuk.computenode.vm.module;

import io.kogluktualuk.fabric.fault.InvalidArgument;

/// The instructions of WebAssembly 2.0: their numbers and the shape of what follows them. For
/// those on vectors see [VectorInstructions].
public final class Instructions {

  public static final int UNREACHABLE = 0x00;
  public static final int NOP = 0x01;
  public static final int BLOCK = 0x02;
  public static final int LOOP = 0x03;
  public static final int IF = 0x04;
  public static final int ELSE = 0x05;
  public static final int END = 0x0B;
  public static final int BR = 0x0C;
  public static final int BR_IF = 0x0D;
  public static final int BR_TABLE = 0x0E;
  public static final int RETURN = 0x0F;
  public static final int CALL = 0x10;
  public static final int CALL_INDIRECT = 0x11;
  public static final int DROP = 0x1A;
  public static final int SELECT = 0x1B;
  public static final int SELECT_TYPED = 0x1C;
  public static final int LOCAL_GET = 0x20;
  public static final int LOCAL_SET = 0x21;
  public static final int LOCAL_TEE = 0x22;
  public static final int GLOBAL_GET = 0x23;
  public static final int GLOBAL_SET = 0x24;
  public static final int TABLE_GET = 0x25;
  public static final int TABLE_SET = 0x26;
  public static final int MEMORY_SIZE = 0x3F;
  public static final int MEMORY_GROW = 0x40;
  public static final int I32_CONST = 0x41;
  public static final int I64_CONST = 0x42;
  public static final int F32_CONST = 0x43;
  public static final int F64_CONST = 0x44;
  public static final int I32_LT_S = 0x48;
  public static final int I64_LT_S = 0x53;
  public static final int F32_EQ = 0x5B;
  public static final int F64_EQ = 0x61;
  public static final int I32_SUB = 0x6B;
  public static final int I64_SUB = 0x7D;
  public static final int REF_NULL = 0xD0;
  public static final int REF_IS_NULL = 0xD1;
  public static final int REF_FUNC = 0xD2;
  public static final int EXTENDED = 0xFC;
  public static final int VECTOR = 0xFD;

  // After EXTENDED.
  public static final int MEMORY_INIT = 8;
  public static final int DATA_DROP = 9;
  public static final int MEMORY_COPY = 10;
  public static final int MEMORY_FILL = 11;
  public static final int TABLE_INIT = 12;
  public static final int ELEM_DROP = 13;
  public static final int TABLE_COPY = 14;
  public static final int TABLE_GROW = 15;
  public static final int TABLE_SIZE = 16;
  public static final int TABLE_FILL = 17;

  private Instructions() {}

  /// Passes what follows an opcode; for [#EXTENDED] and [#VECTOR] the number after it, which is
  /// returned.
  public static int skipImmediates(WasmCursor cursor, int opcode) {
    switch (opcode) {
      case BLOCK, LOOP, IF -> readBlockType(cursor);
      case BR, BR_IF, CALL, LOCAL_GET, LOCAL_SET, LOCAL_TEE, GLOBAL_GET, GLOBAL_SET, 0x25, 0x26 ->
          cursor.readU32();
      case BR_TABLE -> skipTargets(cursor);
      case CALL_INDIRECT -> {
        cursor.readU32();
        cursor.readU32();
      }
      case SELECT_TYPED -> skipSelectTypes(cursor);
      case MEMORY_SIZE, MEMORY_GROW -> requireMemoryZero(cursor);
      case REF_FUNC -> cursor.readU32();
      case I32_CONST -> cursor.skipLeb(5);
      case I64_CONST -> cursor.skipLeb(10);
      case F32_CONST -> cursor.skip(4);
      case F64_CONST -> cursor.skip(8);
      case REF_NULL -> {
        ValueType _ = readReferenceType(cursor);
      }
      case EXTENDED -> {
        return skipExtended(cursor);
      }
      case VECTOR -> {
        return VectorInstructions.skip(cursor);
      }
      default -> {
        if (opcode >= 0x28 && opcode <= 0x3E) {
          skipMemoryArgument(cursor);
        } else {
          requirePlain(cursor, opcode);
        }
      }
    }
    return -1;
  }

  private static void readBlockType(WasmCursor cursor) {
    int first = cursor.peekByte();
    if (first == 0x40) {
      cursor.readByte();
    } else if ((first & 0xC0) == 0x40) {
      readValueType(cursor);
    } else {
      cursor.skipLeb(5);
    }
  }

  private static void skipTargets(WasmCursor cursor) {
    int count = cursor.readCount("branch targets", ModuleBounds.BRANCH_TARGETS);
    for (int i = 0; i <= count; i++) {
      cursor.readU32();
    }
  }

  private static void skipSelectTypes(WasmCursor cursor) {
    int count = cursor.readCount("select types", ModuleBounds.VALUES);
    for (int i = 0; i < count; i++) {
      readValueType(cursor);
    }
  }

  static void skipMemoryArgument(WasmCursor cursor) {
    long alignment = cursor.readU32();
    if ((alignment & 0x40) != 0 && alignment < 0x80) {
      throw ModuleBounds.unsupported("more than one memory", cursor.position());
    }
    cursor.readU32();
  }

  static void requireMemoryZero(WasmCursor cursor) {
    if (cursor.readByte() != 0) {
      throw cursor.malformed("zero byte expected");
    }
  }

  private static int skipExtended(WasmCursor cursor) {
    int opcode = cursor.readIndex();
    skipExtendedImmediates(cursor, opcode);
    return opcode;
  }

  /// Passes what follows the number after [#EXTENDED].
  public static void skipExtendedImmediates(WasmCursor cursor, int opcode) {
    switch (opcode) {
      case 0, 1, 2, 3, 4, 5, 6, 7 -> {}
      case DATA_DROP, ELEM_DROP, TABLE_GROW, TABLE_SIZE, TABLE_FILL -> cursor.readU32();
      case TABLE_INIT, TABLE_COPY -> {
        cursor.readU32();
        cursor.readU32();
      }
      case MEMORY_FILL -> requireMemoryZero(cursor);
      case MEMORY_INIT -> {
        cursor.readU32();
        requireMemoryZero(cursor);
      }
      case MEMORY_COPY -> {
        requireMemoryZero(cursor);
        requireMemoryZero(cursor);
      }
      default -> throw cursor.malformed("illegal opcode 0xFC " + opcode);
    }
  }

  private static void requirePlain(WasmCursor cursor, int opcode) {
    boolean plain =
        opcode <= 0x01
            || opcode == ELSE
            || opcode == END
            || opcode == RETURN
            || opcode == DROP
            || opcode == SELECT
            || (opcode >= 0x45 && opcode <= 0xC4)
            || opcode == 0xD1;
    if (!plain) {
      throw refusal(cursor, opcode);
    }
  }

  /// Why an opcode is no instruction here.
  static RuntimeException refusal(WasmCursor cursor, int opcode) {
    return switch (opcode) {
      case 0x06, 0x07, 0x08, 0x09, 0x0A, 0x18, 0x19, 0x1F -> unsupported(cursor, "exceptions");
      case 0x12, 0x13 -> unsupported(cursor, "tail calls");
      case 0x14, 0x15, 0xD3, 0xD4, 0xD5, 0xD6 -> unsupported(cursor, "typed function references");
      case 0xFB -> unsupported(cursor, "garbage-collected types");
      case 0xFE -> unsupported(cursor, "threads (atomic instructions)");
      default -> cursor.malformed("illegal opcode 0x" + Integer.toHexString(opcode));
    };
  }

  private static InvalidArgument unsupported(WasmCursor cursor, String feature) {
    return ModuleBounds.unsupported(feature, cursor.position());
  }

  public static ValueType readReferenceType(WasmCursor cursor) {
    ValueType type = readValueType(cursor);
    if (!type.isReference()) {
      throw cursor.malformed("malformed reference type");
    }
    return type;
  }

  /// Reads the byte of a value type.
  public static ValueType readValueType(WasmCursor cursor) {
    int code = cursor.readByte();
    return switch (code) {
      case 0x7F -> ValueType.I32;
      case 0x7E -> ValueType.I64;
      case 0x7D -> ValueType.F32;
      case 0x7C -> ValueType.F64;
      case 0x70 -> ValueType.FUNCREF;
      case 0x6F -> ValueType.EXTERNREF;
      case 0x7B -> ValueType.V128;
      case 0x63, 0x64, 0x65, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x71, 0x72, 0x73, 0x74 ->
          throw ModuleBounds.unsupported("typed references", cursor.position());
      default -> throw cursor.malformed("malformed value type 0x" + Integer.toHexString(code));
    };
  }
}
