package io.kogluktualuk.computenode.vm.module;

import io.kogluktualuk.computenode.vm.module.DecodedModule.Body;
import io.kogluktualuk.computenode.vm.module.DecodedModule.Section;
import io.kogluktualuk.computenode.vm.module.ModuleShape.Import;
import io.kogluktualuk.computenode.vm.module.ModuleShape.SharedImport;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds the parts of a binary module, and refuses those that are too large or of features that
/// are not offered, before anything is allocated for them.
///
/// Code is not looked at here: that is the work of [ModuleValidator].
///
/// **Threading:** one thread; one module per decoder.
public final class ModuleDecoder {

  private static final int HEADER_BYTES = 8;

  private final byte[] wasm;
  private final List<Section> sections = new ArrayList<>();
  private final List<Signature> types = new ArrayList<>();
  private final List<Integer> functionTypes = new ArrayList<>();
  private final List<Import> imports = new ArrayList<>();
  private final Map<String, Signature> exports = new HashMap<>();
  private final List<Body> bodies = new ArrayList<>();
  private final List<SharedImport> shared = new ArrayList<>();
  private @Nullable MemoryType memory;
  private List<GlobalType> importedGlobals = List.of();
  private final List<TableType> tables = new ArrayList<>();
  private final List<GlobalType> globals = new ArrayList<>();
  private final List<Export> allExports = new ArrayList<>();
  private List<ElementSegment> elements = List.of();
  private List<DataSegment> data = List.of();
  private int start = -1;
  private long tableElements;
  private int dataCount = -1;

  private ModuleDecoder(byte[] wasm) {
    this.wasm = wasm;
  }

  /// Decodes a module of at most `bytesMax` bytes; the array must not change afterwards.
  public static DecodedModule decode(byte[] wasm, long bytesMax) {
    ModuleBounds.require("length in bytes", wasm.length, bytesMax);
    return new ModuleDecoder(wasm).decode();
  }

  private DecodedModule decode() {
    WasmCursor cursor = new WasmCursor(wasm, 0, wasm.length);
    requireHeader(cursor);
    int rank = 0;
    while (!cursor.atEnd()) {
      int id = cursor.readByte();
      long length = cursor.readU32();
      int start = cursor.position();
      cursor.skip(length);
      rank = requireOrder(cursor, id, rank);
      Section section = new Section(id, start, cursor.position());
      sections.add(section);
      decodeSection(section);
    }
    if (bodies.size() != functionTypes.size() - imports.size()) {
      throw cursor.malformed("function and code section have inconsistent lengths");
    }
    if (dataCount >= 0 && dataCount != data.size()) {
      throw cursor.malformed("data count and data section have inconsistent lengths");
    }
    return new DecodedModule(
        wasm,
        sections,
        types,
        functionTypes,
        tables,
        globals,
        memory,
        start,
        allExports,
        elements,
        data,
        bodies,
        new ModuleShape(imports, shared, exports, SharedTypes.bounds(memory)));
  }

  private void requireHeader(WasmCursor cursor) {
    byte[] header = {0, 'a', 's', 'm', 1, 0, 0, 0};
    if (wasm.length < HEADER_BYTES) {
      throw new MalformedEncoding(
          "not a valid module: expected a header of 8 bytes, found " + wasm.length);
    }
    for (byte expected : header) {
      if ((byte) cursor.readByte() != expected) {
        throw cursor.malformed("magic header or version not detected");
      }
    }
  }

  private static int requireOrder(WasmCursor cursor, int id, int rank) {
    if (id == SectionId.CUSTOM) {
      return rank;
    }
    if (id == SectionId.TAG) {
      throw cursor.malformed(
          "malformed section id 13; a tag section (exceptions) is not offered here");
    }
    if (id > SectionId.DATA_COUNT) {
      throw cursor.malformed("malformed section id " + id);
    }
    if (SectionId.rank(id) <= rank) {
      throw cursor.malformed("section " + id + " is out of order or twice");
    }
    return SectionId.rank(id);
  }

  private void decodeSection(Section section) {
    WasmCursor cursor = new WasmCursor(wasm, section.start(), section.end());
    switch (section.id()) {
      case SectionId.TYPE -> readTypes(cursor);
      case SectionId.IMPORT -> readImports(cursor);
      case SectionId.FUNCTION -> readFunctions(cursor);
      case SectionId.TABLE -> readTables(cursor);
      case SectionId.MEMORY -> readMemories(cursor);
      case SectionId.GLOBAL -> readGlobals(cursor);
      case SectionId.EXPORT -> readExports(cursor);
      case SectionId.START -> start = cursor.readIndex();
      case SectionId.ELEMENT -> elements = segments(cursor).readElements();
      case SectionId.DATA -> data = segments(cursor).readData();
      case SectionId.CODE -> readCode(cursor);
      case SectionId.DATA_COUNT -> dataCount = cursor.readIndex();
      default -> { // A custom section: a name, and anything.
        String _ = cursor.readName();
        return;
      }
    }
    if (!cursor.atEnd()) {
      throw cursor.malformed("section size mismatch in section " + section.id());
    }
  }

  private Segments segments(WasmCursor cursor) {
    return new Segments(cursor, importedGlobals);
  }

  private void readTypes(WasmCursor cursor) {
    int count = cursor.readCount("types", ModuleBounds.TYPES);
    for (int i = 0; i < count; i++) {
      int form = cursor.readByte();
      if (form == 0x50 || form == 0x4F || form == 0x4E || form == 0x5F || form == 0x5E) {
        throw ModuleBounds.unsupported("garbage-collected types", cursor.position());
      }
      if (form != 0x60) {
        throw cursor.malformed("a function type is expected");
      }
      List<ValueType> parameters = readValueTypes(cursor, "parameters");
      types.add(new Signature(parameters, readValueTypes(cursor, "results")));
    }
  }

  private static List<ValueType> readValueTypes(WasmCursor cursor, String what) {
    int count = cursor.readCount(what, ModuleBounds.VALUES);
    List<ValueType> found = new ArrayList<>(count);
    int vectors = 0;
    for (int i = 0; i < count; i++) {
      ValueType type = Instructions.readValueType(cursor);
      vectors += type == ValueType.V128 ? 1 : 0;
      found.add(type);
    }
    ModuleBounds.require("number of " + what, count + vectors, ModuleBounds.VALUES);
    return found;
  }

  private void readImports(WasmCursor cursor) {
    int count = cursor.readCount("imports", ModuleBounds.IMPORTS);
    for (int i = 0; i < count; i++) {
      String module = cursor.readName();
      String name = cursor.readName();
      readImport(cursor, module, name);
    }
    importedGlobals = List.copyOf(globals);
  }

  private void readImport(WasmCursor cursor, String module, String name) {
    int kind = cursor.readByte();
    switch (kind) {
      case 0 -> {
        int type = readType(cursor);
        functionTypes.add(type);
        imports.add(new Import(module, name, types.get(type)));
      }
      case 1 -> {
        TableType table = SharedTypes.readTable(cursor);
        tables.add(table);
        shared.add(new SharedImport(module, name, table));
      }
      case 2 -> shared.add(new SharedImport(module, name, readMemory(cursor)));
      case 3 -> {
        GlobalType global = SharedTypes.readGlobal(cursor);
        globals.add(global);
        shared.add(new SharedImport(module, name, global));
      }
      default -> throw cursor.malformed("malformed import kind " + kind);
    }
  }

  private int readType(WasmCursor cursor) {
    int type = cursor.readIndex();
    if (type >= types.size()) {
      throw cursor.malformed("unknown type " + type);
    }
    return type;
  }

  private void readFunctions(WasmCursor cursor) {
    int count = cursor.readCount("functions", ModuleBounds.FUNCTIONS);
    for (int i = 0; i < count; i++) {
      functionTypes.add(readType(cursor));
    }
  }

  private void readTables(WasmCursor cursor) {
    int count = cursor.readCount("tables", ModuleBounds.TABLES);
    ModuleBounds.require("number of tables", tables.size() + count, ModuleBounds.TABLES);
    for (int i = 0; i < count; i++) {
      TableType table = SharedTypes.readTable(cursor);
      tableElements += table.elements().least();
      ModuleBounds.require("initial table elements", tableElements, ModuleBounds.TABLE_ELEMENTS);
      tables.add(table);
    }
  }

  private void readMemories(WasmCursor cursor) {
    int count = (int) Math.min(Integer.MAX_VALUE, cursor.readU32());
    if (count > 1) {
      throw ModuleBounds.unsupported("more than one memory", cursor.position());
    }
    if (count == 1) {
      MemoryType _ = readMemory(cursor);
    }
  }

  private MemoryType readMemory(WasmCursor cursor) {
    if (memory != null) {
      throw ModuleBounds.unsupported("more than one memory", cursor.position());
    }
    memory = SharedTypes.readMemory(cursor);
    return memory;
  }

  private void readGlobals(WasmCursor cursor) {
    int count = cursor.readCount("globals", ModuleBounds.GLOBALS);
    for (int i = 0; i < count; i++) {
      GlobalType declared = SharedTypes.readGlobal(cursor);
      Constant initial = Constant.read(cursor, importedGlobals);
      globals.add(new GlobalType(declared.type(), declared.mutable(), initial));
    }
  }

  private void readExports(WasmCursor cursor) {
    int count = cursor.readCount("exports", ModuleBounds.EXPORTS);
    Set<String> names = new HashSet<>();
    for (int i = 0; i < count; i++) {
      String name = cursor.readName();
      int kind = cursor.readByte();
      int index = cursor.readIndex();
      requireExported(cursor, kind, index);
      if (!names.add(name)) {
        throw cursor.malformed("duplicate export name " + name);
      }
      allExports.add(new Export(name, kind, index));
      if (kind == 0) {
        exports.put(name, types.get(functionTypes.get(index)));
      }
    }
  }

  private void requireExported(WasmCursor cursor, int kind, int index) {
    int known =
        switch (kind) {
          case 0 -> functionTypes.size();
          case 1 -> tables.size();
          case 2 -> memory == null ? 0 : 1;
          case 3 -> globals.size();
          default -> throw cursor.malformed("malformed export kind " + kind);
        };
    if (index >= known) {
      String what = List.of("function", "table", "memory", "global").get(kind);
      throw cursor.malformed("unknown " + what + " " + index + " exported");
    }
  }

  private void readCode(WasmCursor cursor) {
    int count = cursor.readCount("function bodies", ModuleBounds.FUNCTIONS);
    if (count != functionTypes.size() - imports.size()) {
      throw cursor.malformed("function and code section have inconsistent lengths");
    }
    for (int i = 0; i < count; i++) {
      long length = cursor.readU32();
      ModuleBounds.require("bytes of a function", length, ModuleBounds.FUNCTION_BYTES);
      int start = cursor.position();
      cursor.skip(length);
      bodies.add(new Body(start, cursor.position()));
    }
  }
}
