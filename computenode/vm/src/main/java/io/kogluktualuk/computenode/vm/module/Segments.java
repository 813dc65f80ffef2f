package io.kogluktualuk.computenode.vm.module;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads element and data segments.
///
/// **Threading:** one thread, one section.
final class Segments {

  private final WasmCursor cursor;
  private final List<GlobalType> imported;

  /// @param imported the globals that constants may name
  Segments(WasmCursor cursor, List<GlobalType> imported) {
    this.cursor = cursor;
    this.imported = imported;
  }

  List<ElementSegment> readElements() {
    int count = cursor.readCount("element segments", ModuleBounds.SEGMENTS);
    List<ElementSegment> segments = new ArrayList<>(count);
    long items = 0;
    for (int i = 0; i < count; i++) {
      ElementSegment segment = readElement();
      items += segment.functions().length;
      ModuleBounds.require("elements of all segments", items, ModuleBounds.TABLE_ELEMENTS);
      segments.add(segment);
    }
    return segments;
  }

  /// Three flags say what a segment is made of: bit 0 passive or declared, bit 1 a table is named
  /// or the segment declared, bit 2 expressions instead of function indices.
  private ElementSegment readElement() {
    int flags = cursor.readIndex();
    if (flags > 7) {
      throw cursor.malformed("malformed element segment flags " + flags);
    }
    boolean active = (flags & 1) == 0;
    int table = active && (flags & 2) != 0 ? cursor.readIndex() : 0;
    Constant offset = active ? Constant.read(cursor, imported) : null;
    boolean expressions = (flags & 4) != 0;
    ValueType type = (flags & 3) == 0 ? ValueType.FUNCREF : readKind(expressions);
    SegmentMode mode =
        active ? SegmentMode.ACTIVE : (flags & 2) != 0 ? SegmentMode.DECLARED : SegmentMode.PASSIVE;
    return new ElementSegment(mode, table, type, offset, readItems(type, expressions));
  }

  private int[] readItems(ValueType type, boolean expressions) {
    int count = cursor.readCount("elements of a segment", ModuleBounds.TABLE_ELEMENTS);
    int[] items = new int[count];
    for (int i = 0; i < count; i++) {
      items[i] = expressions ? function(type) : cursor.readIndex();
    }
    return items;
  }

  private int function(ValueType type) {
    Constant item = Constant.read(cursor, imported);
    if (item.type(imported) != type) {
      throw cursor.malformed("type mismatch: an element of " + type + " is expected");
    }
    return switch (item.opcode()) {
      case Instructions.REF_NULL -> ElementSegment.NULL;
      case Instructions.REF_FUNC -> (int) item.low();
      case Instructions.GLOBAL_GET -> ElementSegment.ofGlobal((int) item.low());
      default -> throw cursor.malformed("type mismatch: a reference is expected");
    };
  }

  private ValueType readKind(boolean expressions) {
    if (expressions) {
      return Instructions.readReferenceType(cursor);
    }
    if (cursor.readByte() != 0) {
      throw cursor.malformed("malformed element kind");
    }
    return ValueType.FUNCREF;
  }

  List<DataSegment> readData() {
    int count = cursor.readCount("data segments", ModuleBounds.SEGMENTS);
    List<DataSegment> segments = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      segments.add(readDatum());
    }
    return segments;
  }

  private DataSegment readDatum() {
    int flags = cursor.readIndex();
    if (flags > 2) {
      throw cursor.malformed("malformed data segment flags " + flags);
    }
    if (flags == 2 && cursor.readU32() != 0) {
      throw cursor.malformed("unknown memory");
    }
    @Nullable Constant offset = flags == 1 ? null : Constant.read(cursor, imported);
    long length = cursor.readU32();
    int start = cursor.position();
    cursor.skip(length);
    SegmentMode mode = flags == 1 ? SegmentMode.PASSIVE : SegmentMode.ACTIVE;
    return new DataSegment(mode, offset, start, cursor.position());
  }
}
