package io.kogluktualuk.computenode.vm.module;

/// Walks over element and data segments, whose contents only the engine needs.
final class Segments {

  private Segments() {}

  static void skipElements(WasmCursor cursor) {
    int count = cursor.readCount("element segments", ModuleBounds.SEGMENTS);
    for (int i = 0; i < count; i++) {
      skipElement(cursor);
    }
  }

  /// Three flags say what a segment is made of: bit 0 passive or declared, bit 1 a table is named
  /// or the segment declared, bit 2 expressions instead of function indices.
  private static void skipElement(WasmCursor cursor) {
    int flags = cursor.readIndex();
    if (flags > 7) {
      throw cursor.malformed("malformed element segment flags " + flags);
    }
    boolean active = (flags & 1) == 0;
    if (active && (flags & 2) != 0) {
      cursor.readU32();
    }
    if (active) {
      Instructions.skipConstant(cursor);
    }
    boolean expressions = (flags & 4) != 0;
    if ((flags & 3) != 0) {
      skipKind(cursor, expressions);
    }
    int items = cursor.readCount("elements of a segment", ModuleBounds.TABLE_ELEMENTS);
    for (int i = 0; i < items; i++) {
      if (expressions) {
        Instructions.skipConstant(cursor);
      } else {
        cursor.readU32();
      }
    }
  }

  private static void skipKind(WasmCursor cursor, boolean expressions) {
    if (expressions) {
      Instructions.readReferenceType(cursor);
    } else if (cursor.readByte() != 0) {
      throw cursor.malformed("malformed element kind");
    }
  }

  static void skipData(WasmCursor cursor) {
    int count = cursor.readCount("data segments", ModuleBounds.SEGMENTS);
    for (int i = 0; i < count; i++) {
      int flags = cursor.readIndex();
      if (flags > 2) {
        throw cursor.malformed("malformed data segment flags " + flags);
      }
      if (flags == 2) {
        cursor.readU32();
      }
      if (flags != 1) {
        Instructions.skipConstant(cursor);
      }
      cursor.skip(cursor.readU32());
    }
  }
}
