package io.kogluktualuk.computenode.vm.module;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads element and data segments.
final class Segments {

  private Segments() {}

  static List<ElementSegment> readElements(WasmCursor cursor) {
    int count = cursor.readCount("element segments", ModuleBounds.SEGMENTS);
    List<ElementSegment> segments = new ArrayList<>(count);
    long items = 0;
    for (int i = 0; i < count; i++) {
      ElementSegment segment = readElement(cursor);
      items += segment.functions().length;
      ModuleBounds.require("elements of all segments", items, ModuleBounds.TABLE_ELEMENTS);
      segments.add(segment);
    }
    return segments;
  }

  /// Three flags say what a segment is made of: bit 0 passive or declared, bit 1 a table is named
  /// or the segment declared, bit 2 expressions instead of function indices.
  private static ElementSegment readElement(WasmCursor cursor) {
    int flags = cursor.readIndex();
    if (flags > 7) {
      throw cursor.malformed("malformed element segment flags " + flags);
    }
    boolean active = (flags & 1) == 0;
    int table = active && (flags & 2) != 0 ? cursor.readIndex() : 0;
    Constant offset = active ? Constant.read(cursor) : null;
    boolean expressions = (flags & 4) != 0;
    if ((flags & 3) != 0) {
      skipKind(cursor, expressions);
    }
    SegmentMode mode =
        active ? SegmentMode.ACTIVE : (flags & 2) != 0 ? SegmentMode.DECLARED : SegmentMode.PASSIVE;
    return new ElementSegment(mode, table, offset, readItems(cursor, expressions));
  }

  private static int[] readItems(WasmCursor cursor, boolean expressions) {
    int count = cursor.readCount("elements of a segment", ModuleBounds.TABLE_ELEMENTS);
    int[] items = new int[count];
    for (int i = 0; i < count; i++) {
      items[i] = expressions ? function(cursor) : cursor.readIndex();
    }
    return items;
  }

  private static int function(WasmCursor cursor) {
    Constant item = Constant.read(cursor);
    return switch (item.opcode()) {
      case Instructions.REF_NULL -> ElementSegment.NULL;
      case Instructions.REF_FUNC -> (int) item.low();
      default -> throw cursor.malformed("type mismatch: a reference is expected");
    };
  }

  private static void skipKind(WasmCursor cursor, boolean expressions) {
    if (expressions) {
      ValueType _ = Instructions.readReferenceType(cursor);
    } else if (cursor.readByte() != 0) {
      throw cursor.malformed("malformed element kind");
    }
  }

  static List<DataSegment> readData(WasmCursor cursor) {
    int count = cursor.readCount("data segments", ModuleBounds.SEGMENTS);
    List<DataSegment> segments = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      segments.add(readDatum(cursor));
    }
    return segments;
  }

  private static DataSegment readDatum(WasmCursor cursor) {
    int flags = cursor.readIndex();
    if (flags > 2) {
      throw cursor.malformed("malformed data segment flags " + flags);
    }
    if (flags == 2 && cursor.readU32() != 0) {
      throw cursor.malformed("unknown memory");
    }
    @Nullable Constant offset = flags == 1 ? null : Constant.read(cursor);
    long length = cursor.readU32();
    int start = cursor.position();
    cursor.skip(length);
    SegmentMode mode = flags == 1 ? SegmentMode.PASSIVE : SegmentMode.ACTIVE;
    return new DataSegment(mode, offset, start, cursor.position());
  }
}
