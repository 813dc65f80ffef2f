package io.kogluktualuk.computenode.vm.module;

import java.util.List;

/// A constant expression: one instruction whose value is known when a module is instantiated.
///
/// @param opcode a `const` instruction, `ref.null`, `ref.func` or `global.get`
/// @param low the bits of a number, or the index of a function or global, or the code of the type
///     of a null reference
/// @param high the upper half of a vector, else 0
public record Constant(int opcode, long low, long high) {

  /// Reads one; `imported` are the globals that it may name.
  static Constant read(WasmCursor cursor, List<GlobalType> imported) {
    int opcode = cursor.readByte();
    Constant constant =
        switch (opcode) {
          case Instructions.I32_CONST -> of(opcode, cursor.readS64(5));
          case Instructions.I64_CONST -> of(opcode, cursor.readS64(10));
          case Instructions.F32_CONST -> of(opcode, cursor.readLittleEndian(4));
          case Instructions.F64_CONST -> of(opcode, cursor.readLittleEndian(8));
          case Instructions.REF_FUNC -> of(opcode, cursor.readIndex());
          case Instructions.REF_NULL -> {
            ValueType type = Instructions.readReferenceType(cursor);
            yield of(opcode, type.code());
          }
          case Instructions.GLOBAL_GET -> global(cursor, imported);
          case Instructions.VECTOR -> vector(cursor);
          default -> throw cursor.malformed("constant expression required");
        };
    if (cursor.readByte() != Instructions.END) {
      throw cursor.malformed("constant expression of one instruction required");
    }
    return constant;
  }

  private static Constant global(WasmCursor cursor, List<GlobalType> imported) {
    int index = cursor.readIndex();
    if (index >= imported.size()) {
      throw cursor.malformed("unknown global " + index + " in a constant expression");
    }
    if (imported.get(index).mutable()) {
      throw cursor.malformed("constant expression required; global " + index + " changes");
    }
    return of(Instructions.GLOBAL_GET, index);
  }

  /// The type of the value.
  ///
  /// @param globals those that it may name
  ValueType type(List<GlobalType> globals) {
    return switch (opcode) {
      case Instructions.I32_CONST -> ValueType.I32;
      case Instructions.I64_CONST -> ValueType.I64;
      case Instructions.F32_CONST -> ValueType.F32;
      case Instructions.F64_CONST -> ValueType.F64;
      case Instructions.REF_FUNC -> ValueType.FUNCREF;
      case Instructions.REF_NULL ->
          low == ValueType.FUNCREF.code() ? ValueType.FUNCREF : ValueType.EXTERNREF;
      case Instructions.GLOBAL_GET -> globals.get((int) low).type();
      default -> ValueType.V128;
    };
  }

  private static Constant of(int opcode, long value) {
    return new Constant(opcode, value, 0);
  }

  private static Constant vector(WasmCursor cursor) {
    if (VectorInstructions.read(cursor) != VectorInstructions.CONST) {
      throw cursor.malformed("constant expression required");
    }
    long low = cursor.readLittleEndian(8);
    return new Constant(Instructions.VECTOR, low, cursor.readLittleEndian(8));
  }
}
