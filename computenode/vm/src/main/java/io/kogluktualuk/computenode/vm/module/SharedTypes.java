package io.kogluktualuk.computenode.vm.module;

import io.kogluktualuk.computenode.vm.module.ModuleShape.MemoryBounds;
import org.jspecify.annotations.Nullable;

/// Reads the types of tables, memories and globals, as they stand in imports and in declarations.
final class SharedTypes {

  /// Of 64 KiB, in 4 GiB.
  private static final int PAGES_MAX = 65_536;

  private SharedTypes() {}

  static TableType readTable(WasmCursor cursor) {
    int type = cursor.peekByte();
    if (type != ValueType.FUNCREF.code() && type != ValueType.EXTERNREF.code()) {
      throw ModuleBounds.unsupported("typed references in tables", cursor.position());
    }
    ValueType element = Instructions.readReferenceType(cursor);
    return new TableType(element, readRange(cursor, 0xFFFF_FFFFL));
  }

  static MemoryType readMemory(WasmCursor cursor) {
    return new MemoryType(readRange(cursor, PAGES_MAX));
  }

  /// Without the value at the start.
  static GlobalType readGlobal(WasmCursor cursor) {
    ValueType type = Instructions.readValueType(cursor);
    int mutability = cursor.readByte();
    if (mutability > 1) {
      throw cursor.malformed("malformed mutability");
    }
    return new GlobalType(type, mutability == 1, null);
  }

  /// A range is looked at before any bound of ours: what is wrong is no valid module, however
  /// large it is.
  private static SizeRange readRange(WasmCursor cursor, long max) {
    int flags = readLimitFlags(cursor);
    long least = cursor.readU32();
    long most = flags == 1 ? cursor.readU32() : SizeRange.UNBOUNDED;
    if (least > most) {
      throw cursor.malformed("size minimum must not be greater than maximum");
    }
    if (least > max || (flags == 1 && most > max)) {
      throw cursor.malformed("size must be at most " + max);
    }
    return new SizeRange(least, most);
  }

  /// Flags of later features are malformed ones in WebAssembly 2.0; that they are known is told.
  private static int readLimitFlags(WasmCursor cursor) {
    int flags = cursor.readByte();
    if (flags > 1) {
      String feature =
          switch (flags) {
            case 2, 3 -> "; a shared memory or table (threads) is not offered here";
            case 4, 5, 6, 7 -> "; 64-bit memories or tables are not offered here";
            default -> "";
          };
      throw cursor.malformed("malformed limits flags " + flags + feature);
    }
    return flags;
  }

  static MemoryBounds bounds(@Nullable MemoryType memory) {
    if (memory == null) {
      return new MemoryBounds(0, 0);
    }
    long most = Math.min(memory.pages().most(), PAGES_MAX);
    return new MemoryBounds((int) memory.pages().least(), (int) most);
  }
}
