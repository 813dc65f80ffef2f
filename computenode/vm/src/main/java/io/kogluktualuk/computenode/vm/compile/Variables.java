package io.kogluktualuk.computenode.vm.compile;

import io.kogluktualuk.computenode.vm.module.Instructions;
import io.kogluktualuk.computenode.vm.module.Signature;
import io.kogluktualuk.computenode.vm.module.ValueType;
import io.kogluktualuk.computenode.vm.module.WasmCursor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// The variables of a function: its parameters and locals.
///
/// **Threading:** immutable once made.
///
/// @param types of each, parameters first
/// @param places of each among the values of the compiler, where vectors are two; then their count
/// @param used those that the code names
/// @param raw those that may hold a NaN that is not canonical; see [RawLocals]
record Variables(List<ValueType> types, int[] places, int parameters, BitSet used, BitSet raw) {

  /// Reads the declarations; leaves the cursor at the code.
  static Variables read(Signature signature, WasmCursor cursor) {
    List<ValueType> types = new ArrayList<>(signature.parameters());
    int groups = (int) cursor.readU32();
    for (int i = 0; i < groups; i++) {
      int count = (int) cursor.readU32();
      ValueType type = Instructions.readValueType(cursor);
      for (int j = 0; j < count; j++) {
        types.add(type);
      }
    }
    int parameters = signature.parameters().size();
    return new Variables(
        types,
        places(types),
        parameters,
        used(cursor.copy(), types.size()),
        RawLocals.find(cursor, parameters, types.size()));
  }

  private static int[] places(List<ValueType> types) {
    int[] places = new int[types.size() + 1];
    for (int i = 0; i < types.size(); i++) {
      places[i + 1] = places[i] + Halves.count(types.get(i));
    }
    return places;
  }

  private static BitSet used(WasmCursor cursor, int count) {
    BitSet used = new BitSet(count);
    while (!cursor.atEnd()) {
      int opcode = cursor.readByte();
      if (opcode >= Instructions.LOCAL_GET && opcode <= Instructions.LOCAL_TEE) {
        used.set(cursor.readIndex());
      } else {
        int _ = Instructions.skipImmediates(cursor, opcode);
      }
    }
    return used;
  }

  ValueType type(int index) {
    return types.get(index);
  }

  /// The variable of the JVM with the upper half of a vector whose lower half is in another.
  static int upper(int slot) {
    return slot + 2;
  }

  /// How many values of the compiler all are together.
  int placeCount() {
    return places[types.size()];
  }

  boolean isVector(int index) {
    return types.get(index) == ValueType.V128;
  }

  boolean isRaw(int index) {
    return types.get(index).isFloat() && raw.get(index);
  }
}
