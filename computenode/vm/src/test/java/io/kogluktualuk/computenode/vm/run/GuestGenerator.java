package io.kogluktualuk.computenode.vm.run;

import static io.kogluktualuk.computenode.vm.run.ModuleBytes.part;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

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

  record Type(List<Integer> parameters, List<Integer> results) {}

  private final RandomGenerator random;
  private final List<Type> types = new ArrayList<>();
  private final List<Integer> functions = new ArrayList<>();
  private final List<Integer> globals = new ArrayList<>();

  private GuestGenerator(RandomGenerator random) {
    this.random = random;
  }

  /// A module that imports `host.number` and exports `run`.
  static byte[] generate(RandomGenerator random) {
    return new GuestGenerator(random).generate();
  }

  private int anyNumber() {
    return anyNumber(random);
  }

  static int anyNumber(RandomGenerator random) {
    return NUMBERS[random.nextInt(NUMBERS.length)];
  }

  private byte[] generate() {
    types.add(new Type(List.of(I64), List.of()));
    types.add(new Type(List.of(), List.of()));
    for (int i = random.nextInt(1, 6); i > 0; i--) {
      types.add(new Type(numbers(4), numbers(3)));
    }
    functions.add(0);
    functions.add(1);
    for (int i = random.nextInt(1, 7); i > 0; i--) {
      functions.add(random.nextInt(1, types.size()));
    }
    for (int i = 0; i < 6; i++) {
      globals.add(anyNumber());
    }
    return ModuleBytes.begin()
        .section(1, typeSection())
        .section(2, part().put(1, 4, 'h', 'o', 's', 't', 6, 'n', 'u', 'm', 'b', 'e', 'r', 0, 0))
        .section(3, functionSection())
        .section(4, part().put(1, 0x70, 1, 8, 12))
        .section(5, part().put(1, 1, 1, 3))
        .section(6, globalSection())
        .section(7, part().put(1, 3, 'r', 'u', 'n', 0, 1))
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
    ModuleBytes out = part().leb(functions.size() - 1);
    functions.subList(1, functions.size()).forEach(out::leb);
    return out;
  }

  private ModuleBytes globalSection() {
    ModuleBytes out = part().leb(globals.size());
    for (int type : globals) {
      out.put(type, 1);
      GuestBody.constant(out, type, random);
      out.put(0x0B);
    }
    return out;
  }

  /// Some of the functions in the table, not all of its elements.
  private ModuleBytes elementSection() {
    ModuleBytes out = part().put(1, 0, 0x41, 1, 0x0B).leb(functions.size() - 1);
    for (int i = 1; i < functions.size(); i++) {
      out.leb(i);
    }
    return out;
  }

  private ModuleBytes codeSection() {
    ModuleBytes out = part().leb(functions.size() - 1);
    for (int i = 1; i < functions.size(); i++) {
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
