package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.DecodedModule.Body;
import io.kogluktualuk.computenode.vm.module.DecodedModule.Section;
import io.kogluktualuk.computenode.vm.module.Instructions;
import io.kogluktualuk.computenode.vm.module.ModuleDecoder;
import io.kogluktualuk.computenode.vm.module.SectionId;
import io.kogluktualuk.computenode.vm.module.ValueType;
import io.kogluktualuk.computenode.vm.module.WasmCursor;
import java.io.ByteArrayOutputStream;
import java.util.List;

/// A module as long as is wanted, to be compiled and not run: the functions of several modules,
/// then the longer ones of them again and again, so that functions are about as long as those of
/// real programs are on average.
///
/// All of them import the same functions and have tables and data of no interest.
///
/// **Threading:** one thread.
final class LargeModule {

  private static final byte[] HEADER = {0, 'a', 's', 'm', 1, 0, 0, 0};

  /// One, of one page at least.
  private static final byte[] MEMORY = {1, 0, 1};

  private final ByteArrayOutputStream types = new ByteArrayOutputStream();
  private final ByteArrayOutputStream globals = new ByteArrayOutputStream();
  private final ByteArrayOutputStream functions = new ByteArrayOutputStream();
  private final ByteArrayOutputStream code = new ByteArrayOutputStream();
  private int typeCount;
  private int globalCount;
  private int functionCount;
  private int functionsAdded;

  /// Of functions that are written more than once. QuickJS has 565 on average, SQLite 1,040.
  private static final int LONG_BYTES = 300;

  /// A module that has been taken over.
  ///
  /// @param firstFunction the index of the first that is not imported
  private record Part(DecodedModule module, int firstType, int firstGlobal, int firstFunction) {}

  private LargeModule() {}

  /// Has `bytes` bytes of code at least.
  static byte[] of(List<byte[]> modules, int bytes) {
    return new LargeModule().write(modules, bytes);
  }

  private byte[] write(List<byte[]> modules, int bytes) {
    List<Part> parts = modules.stream().map(this::add).toList();
    DecodedModule first = parts.getFirst().module();
    parts.forEach(part -> addFunctions(part, 0));
    while (code.size() < bytes) {
      parts.forEach(part -> addFunctions(part, LONG_BYTES));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes + (bytes >> 3));
    out.writeBytes(HEADER);
    put(out, SectionId.TYPE, typeCount, types.toByteArray());
    put(out, SectionId.IMPORT, first.importCount(), entries(first, SectionId.IMPORT));
    put(out, SectionId.FUNCTION, functionCount, functions.toByteArray());
    out.write(SectionId.MEMORY);
    out.write(MEMORY.length);
    out.writeBytes(MEMORY);
    put(out, SectionId.GLOBAL, globalCount, globals.toByteArray());
    put(out, SectionId.CODE, functionCount, code.toByteArray());
    return out.toByteArray();
  }

  private static void put(ByteArrayOutputStream out, int id, int count, byte[] entries) {
    ByteArrayOutputStream content = new ByteArrayOutputStream(entries.length + 5);
    leb(content, count);
    content.writeBytes(entries);
    out.write(id);
    leb(out, content.size());
    out.writeBytes(content.toByteArray());
  }

  private Part add(byte[] bytes) {
    DecodedModule module = ModuleDecoder.decode(bytes, bytes.length);
    Part part = new Part(module, typeCount, globalCount, functionsAdded + module.importCount());
    functionsAdded += module.bodies().size();
    types.writeBytes(entries(module, SectionId.TYPE));
    typeCount += module.types().size();
    globals.writeBytes(entries(module, SectionId.GLOBAL));
    globalCount += module.globals().size();
    return part;
  }

  /// What stands in a section after the count; nothing when it is not there.
  private static byte[] entries(DecodedModule module, int id) {
    for (Section section : module.sections()) {
      if (section.id() == id) {
        WasmCursor cursor = new WasmCursor(module.bytes(), section.start(), section.end());
        long _ = cursor.readU32();
        return java.util.Arrays.copyOfRange(module.bytes(), cursor.position(), section.end());
      }
    }
    return new byte[0];
  }

  /// Those of so many bytes at least; what they call is what was added first.
  private void addFunctions(Part part, int bytesMin) {
    DecodedModule module = part.module();
    for (int i = 0; i < module.bodies().size(); i++) {
      byte[] body = rewrite(part, module.bodies().get(i));
      if (body.length < bytesMin) {
        continue;
      }
      leb(functions, part.firstType() + module.functionTypes().get(module.importCount() + i));
      leb(code, body.length);
      code.writeBytes(body);
      functionCount++;
    }
  }

  private static byte[] rewrite(Part part, Body body) {
    byte[] bytes = part.module().bytes();
    WasmCursor cursor = new WasmCursor(bytes, body.start(), body.end());
    ByteArrayOutputStream out = new ByteArrayOutputStream(body.end() - body.start() + 64);
    long groups = cursor.readU32();
    for (long i = 0; i < groups; i++) {
      long _ = cursor.readU32();
      ValueType _ = Instructions.readValueType(cursor);
    }
    out.write(bytes, body.start(), cursor.position() - body.start());
    while (!cursor.atEnd()) {
      int start = cursor.position();
      int opcode = cursor.readByte();
      if (!renumbered(part, cursor, opcode, out)) {
        int _ = Instructions.skipImmediates(cursor, opcode);
        out.write(bytes, start, cursor.position() - start);
      }
    }
    return out.toByteArray();
  }

  /// Writes an instruction that names a function of the module, or a global; else does nothing.
  private static boolean renumbered(
      Part part, WasmCursor cursor, int opcode, ByteArrayOutputStream out) {
    int shift;
    switch (opcode) {
      case Instructions.CALL -> shift = part.firstFunction() - part.module().importCount();
      case Instructions.GLOBAL_GET, Instructions.GLOBAL_SET -> shift = part.firstGlobal();
      default -> {
        return false;
      }
    }
    int index = cursor.readIndex();
    boolean isImport = opcode == Instructions.CALL && index < part.module().importCount();
    out.write(opcode);
    leb(out, isImport ? index : index + shift);
    return true;
  }

  private static void leb(ByteArrayOutputStream out, int value) {
    int rest = value;
    while (rest >= 0x80) {
      out.write(rest & 0x7F | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
  }
}
