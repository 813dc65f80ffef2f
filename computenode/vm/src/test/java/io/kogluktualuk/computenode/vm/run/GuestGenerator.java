package io.kogluktualuk.computenode.vm.run;

import static io.kogluktualuk.computenode.vm.run.ModuleBytes.part;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Makes valid modules at random: every instruction, all kinds of control flow,
/// calls, traps, loops that end only with the fuel.
///
/// **Threading:** one thread; one module per generator.
final class GuestGenerator {

  static final int I32 = 0x7F;
  static final int I64 = 0x7E;
  static final int F32 = 0x7D;
  static final int F64 = 0x7C;
  static final int V128 = 0x7B;
  private static final int[] NUMBERS = {I32, I64, F32, F64, V128};

  /// How many functions an active segment puts into the table, of eight elements.
  private static final int PLACED_MAX = 7;

  record Type(List<Integer> parameters, List<Integer> results) {}

  private final RandomGenerator random;
  private final List<Type> types = new ArrayList<>();
  private final List<Integer> functions = new ArrayList<>();
  private final List<Integer> globals = new ArrayList<>();
  private final ModuleBytes imports = part();
  private int importCount;
  private int importedFunctions;
  private int importedGlobals;
  private boolean ownTable = true;
  private boolean ownMemory = true;

  private GuestGenerator(RandomGenerator random) {
    this.random = random;
  }

  /// A module that imports `host.number` and exports `run`.
  static byte[] generate(RandomGenerator random) {
    GuestGenerator alone = new GuestGenerator(random);
    alone.declare(null);
    return alone.toBytes(false);
  }

  /// The same twice: the first exports all it has, the second imports some of it from `first`.
  static List<byte[]> generatePair(RandomGenerator random) {
    GuestGenerator first = new GuestGenerator(random);
    first.declare(null);
    GuestGenerator second = new GuestGenerator(random);
    second.declare(first);
    return List.of(first.toBytes(true), second.toBytes(false));
  }

  private int anyNumber() {
    return anyNumber(random);
  }

  static int anyNumber(RandomGenerator random) {
    return NUMBERS[random.nextInt(NUMBERS.length)];
  }

  private void declare(@Nullable GuestGenerator other) {
    types.add(new Type(List.of(I64), List.of()));
    types.add(new Type(List.of(), List.of()));
    List<Type> more = new ArrayList<>();
    for (int i = random.nextInt(1, 6); i > 0; i--) {
      more.add(new Type(numbers(4), numbers(3)));
    }
    if (other != null) {
      more.addAll(other.types.subList(2, other.types.size()));
      Collections.reverse(more);
    }
    types.addAll(more);
    importOf("host", "number", part().put(0, 0));
    functions.add(0);
    if (other != null) {
      importFrom(other);
    }
    importedFunctions = functions.size();
    functions.add(1);
    for (int i = random.nextInt(1, 7); i > 0; i--) {
      functions.add(random.nextInt(1, types.size()));
    }
    while (globals.size() < 6) {
      globals.add(anyNumber());
    }
  }

  private void importFrom(GuestGenerator other) {
    for (int i = other.importedFunctions; i < other.functions.size(); i++) {
      if (random.nextBoolean()) {
        int type = types.indexOf(other.types.get(other.functions.get(i)));
        importOf("first", "f" + i, part().put(0).leb(type));
        functions.add(type);
      }
    }
    for (int i = 0; i < 3; i++) {
      if (random.nextBoolean()) {
        importOf("first", "g" + i, part().put(3, other.globals.get(i), 1));
        globals.add(other.globals.get(i));
      }
    }
    importedGlobals = globals.size();
    ownTable = random.nextInt(4) == 0;
    ownMemory = random.nextInt(4) == 0;
    if (!ownTable) {
      importOf("first", "t", part().put(1, 0x70, 1, 8, 12));
    }
    if (!ownMemory) {
      importOf("first", "m", part().put(2, 1, 1, 3));
    }
  }

  private void importOf(String module, String name, ModuleBytes type) {
    importCount++;
    name(imports, module);
    name(imports, name);
    imports.put(type);
  }

  private static void name(ModuleBytes out, String name) {
    byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
    out.leb(bytes.length);
    for (byte each : bytes) {
      out.put(each);
    }
  }

  private byte[] toBytes(boolean exportsAll) {
    return ModuleBytes.begin()
        .section(1, typeSection())
        .section(2, part().leb(importCount).put(imports))
        .section(3, functionSection())
        .section(4, ownTable ? part().put(1, 0x70, 1, 8, 12) : part().put(0))
        .section(5, ownMemory ? part().put(1, 1, 1, 3) : part().put(0))
        .section(6, globalSection())
        .section(7, exportSection(exportsAll))
        .section(9, elementSection())
        .section(12, part().put(1))
        .section(10, codeSection())
        .section(11, part().put(1, 1, 8, 1, 2, 3, 4, 5, 6, 7, 8))
        .toBytes();
  }

  private List<Integer> numbers(int max) {
    List<Integer> some = new ArrayList<>();
    for (int i = random.nextInt(max); i > 0; i--) {
      some.add(anyNumber());
    }
    return some;
  }

  private ModuleBytes typeSection() {
    ModuleBytes out = part().leb(types.size());
    for (Type type : types) {
      out.put(0x60).leb(type.parameters().size());
      type.parameters().forEach(out::put);
      out.leb(type.results().size());
      type.results().forEach(out::put);
    }
    return out;
  }

  private ModuleBytes functionSection() {
    ModuleBytes out = part().leb(functions.size() - importedFunctions);
    functions.subList(importedFunctions, functions.size()).forEach(out::leb);
    return out;
  }

  private ModuleBytes globalSection() {
    ModuleBytes out = part().leb(globals.size() - importedGlobals);
    for (int type : globals.subList(importedGlobals, globals.size())) {
      out.put(type, 1);
      GuestBody.constant(out, type, random);
      out.put(0x0B);
    }
    return out;
  }

  private ModuleBytes exportSection(boolean all) {
    ModuleBytes out = part();
    export(out, "run", 0, importedFunctions);
    if (!all) {
      return part().leb(1).put(out);
    }
    int count = 3;
    export(out, "t", 1, 0);
    export(out, "m", 2, 0);
    for (int i = importedFunctions; i < functions.size(); i++, count++) {
      export(out, "f" + i, 0, i);
    }
    for (int i = 0; i < globals.size(); i++, count++) {
      export(out, "g" + i, 3, i);
    }
    return part().leb(count).put(out);
  }

  private static void export(ModuleBytes out, String name, int kind, int index) {
    name(out, name);
    out.put(kind).leb(index);
  }

  /// Some of the functions in the table, not all of its elements; all may be referred to.
  private ModuleBytes elementSection() {
    int all = functions.size() - 1;
    int placed = Math.min(all, PLACED_MAX);
    int first = 1 + all - placed;
    ModuleBytes out = part().put(2, 0, 0x41, 1, 0x0B).leb(placed);
    for (int i = first; i <= all; i++) {
      out.leb(i);
    }
    out.put(3, 0).leb(all);
    for (int i = 1; i <= all; i++) {
      out.leb(i);
    }
    return out;
  }

  private ModuleBytes codeSection() {
    ModuleBytes out = part().leb(functions.size() - importedFunctions);
    for (int i = importedFunctions; i < functions.size(); i++) {
      Type type = types.get(functions.get(i));
      byte[] body = new GuestBody(random, types, functions, globals, type).write();
      out.leb(body.length);
      for (byte each : body) {
        out.put(each);
      }
    }
    return out;
  }
}
