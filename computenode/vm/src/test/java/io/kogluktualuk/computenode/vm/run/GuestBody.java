package io.kogluktualuk.computenode.vm.run;

import static io.kogluktualuk.computenode.vm.run.ModuleBytes.part;

import io.kogluktualuk.computenode.vm.run.GuestGenerator.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Makes the body of one function for [GuestGenerator].
///
/// **Threading:** one thread, one body.
final class GuestBody {

  private static final int I32 = GuestGenerator.I32;
  private static final int I64 = GuestGenerator.I64;
  private static final int F32 = GuestGenerator.F32;
  private static final int F64 = GuestGenerator.F64;
  private static final int V128 = GuestGenerator.V128;
  private static final long[] DOUBLES = {
    0,
    1L << 63,
    0x3FF0_0000_0000_0000L,
    0xBFF8_0000_0000_0000L,
    0x7FF0_0000_0000_0000L,
    0xFFF0_0000_0000_0000L,
    0x7FF8_0000_0000_0000L,
    0xFFF4_0000_0000_0001L,
    0x41E0_0000_0000_0000L,
    0x43E0_0000_0000_0000L,
    1
  };
  private static final int[] FLOATS = {
    0,
    1 << 31,
    0x3F80_0000,
    0xBFC0_0000,
    0x7F80_0000,
    0xFF80_0000,
    0x7FC0_0000,
    0xFFA0_0001,
    0x4F00_0000,
    0x5F00_0000,
    1
  };
  private static final long[] INTEGERS = {0, 1, -1, 2, 31, 255, 65_535, 1L << 31, 1L << 63, -128};

  private final RandomGenerator random;
  private final List<Type> types;
  private final List<Integer> functions;
  private final List<Integer> globals;
  private final Type type;
  private final List<Integer> locals;
  private final List<List<Integer>> labels = new ArrayList<>();
  private final ModuleBytes out = part();
  private final GuestVectors vectors;
  private int budget;

  GuestBody(
      RandomGenerator random,
      List<Type> types,
      List<Integer> functions,
      List<Integer> globals,
      Type type) {
    this.random = random;
    this.types = types;
    this.functions = functions;
    this.globals = globals;
    this.type = type;
    this.locals = new ArrayList<>(type.parameters());
    this.budget = random.nextInt(10, 250);
    this.vectors = new GuestVectors(random, each -> value(each, 2), this::address, out);
  }

  byte[] write() {
    int declared = random.nextInt(8);
    out.leb(declared);
    for (int i = 0; i < declared; i++) {
      int each = anyNumber();
      locals.add(each);
      out.put(1, each);
    }
    labels.add(type.results());
    statements(5);
    type.results().forEach(each -> value(each, 3));
    out.put(0x0B);
    return out.toBytes();
  }

  private int anyNumber() {
    return GuestGenerator.anyNumber(random);
  }

  // ---- statements --------------------------------------------------------------------------

  private void statements(int depth) {
    for (int i = random.nextInt(1, 6); i > 0 && budget > 0; i--) {
      statement(depth);
    }
  }

  private void statement(int depth) {
    budget--;
    switch (random.nextInt(depth > 0 ? 22 : 14)) {
      case 0, 1, 2 -> setLocal();
      case 3, 4 -> store();
      case 5 -> setGlobal();
      case 6 -> {
        value(I64, 3);
        out.put(0x10, 0);
      }
      case 7 -> {
        value(anyNumber(), 3);
        out.put(0x1A);
      }
      case 8 -> bulk();
      case 9 -> callAndDrop();
      case 10 -> branchIf();
      case 11 -> table();
      case 12 -> rare();
      case 13 -> out.put(0x01);
      case 14, 15, 16 -> construct(0x02, depth);
      case 17, 18 -> construct(0x03, depth);
      case 19, 20 -> construct(0x04, depth);
      default -> leave();
    }
  }

  private void setLocal() {
    if (!locals.isEmpty()) {
      int local = random.nextInt(locals.size());
      value(locals.get(local), 4);
      out.put(0x21).leb(local);
    }
  }

  private void setGlobal() {
    int global = random.nextInt(globals.size());
    value(globals.get(global), 3);
    out.put(0x24).leb(global);
  }

  private void store() {
    if (random.nextInt(4) == 0) {
      vectors.any(GuestVectors.NONE);
      return;
    }
    int opcode = random.nextInt(0x36, 0x3F);
    address();
    value(opcode == 0x36 || opcode == 0x3A || opcode == 0x3B ? I32 : storedAt(opcode), 3);
    out.put(opcode, 0);
    out.leb(random.nextInt(8) == 0 ? random.nextInt(70_000) : random.nextInt(64));
  }

  private static int storedAt(int opcode) {
    return opcode == 0x38 ? F32 : opcode == 0x39 ? F64 : I64;
  }

  /// Mostly inside of the memory.
  private void address() {
    value(I32, 2);
    if (random.nextInt(40) > 0) {
      out.put(0x41).signed(0xFFFF).put(0x71);
    }
  }

  private void bulk() {
    switch (random.nextInt(4)) {
      case 0 -> {
        smallNumbers(3);
        out.put(0xFC, 11, 0);
      }
      case 1 -> {
        smallNumbers(3);
        out.put(0xFC, 10, 0, 0);
      }
      case 2 -> {
        smallNumbers(3);
        out.put(0xFC, 8, 0, 0);
      }
      default -> {
        value(I32, 1);
        out.put(0x41).signed(3).put(0x71, 0x40, 0, 0x1A);
      }
    }
  }

  private void smallNumbers(int count) {
    for (int i = 0; i < count; i++) {
      value(I32, 1);
      out.put(0x41).signed(random.nextInt(3) == 0 ? 0xFFF : 7).put(0x71);
    }
  }

  private void table() {
    switch (random.nextInt(3)) {
      case 0 -> {
        smallNumbers(1);
        out.put(0xD2).leb(random.nextInt(1, functions.size())).put(0x26, 0);
      }
      case 1 -> {
        out.put(0xD0, 0x70);
        smallNumbers(1);
        out.put(0xFC, 15, 0, 0x1A);
      }
      default -> {
        smallNumbers(1);
        out.put(0x25, 0, 0xD1, 0x1A);
      }
    }
  }

  private void rare() {
    switch (random.nextInt(30)) {
      case 0 -> out.put(0x00);
      case 1 -> out.put(0xFC, 9, 0);
      default -> setGlobal();
    }
  }

  private void callAndDrop() {
    Type callee = call();
    callee.results().forEach(_ -> out.put(0x1A));
  }

  private Type call() {
    if (random.nextBoolean()) {
      int function = random.nextInt(1, functions.size());
      Type callee = types.get(functions.get(function));
      callee.parameters().forEach(each -> value(each, 2));
      out.put(0x10).leb(function);
      return callee;
    }
    int index = random.nextInt(1, types.size());
    Type callee = types.get(index);
    callee.parameters().forEach(each -> value(each, 2));
    smallNumbers(1);
    out.put(0x11).leb(index).put(0);
    return callee;
  }

  // ---- control flow ------------------------------------------------------------------------

  private void construct(int opcode, int depth) {
    int result = random.nextInt(3) == 0 ? anyNumber() : 0x40;
    if (opcode == 0x04) {
      value(I32, 2);
    }
    out.put(opcode, result);
    List<Integer> results = result == 0x40 ? List.of() : List.of(result);
    labels.add(opcode == 0x03 ? List.of() : results);
    statements(depth - 1);
    if (opcode == 0x03 && random.nextBoolean()) {
      value(I32, 3);
      out.put(0x0D, 0);
    }
    results.forEach(each -> value(each, 2));
    if (opcode == 0x04 && (result != 0x40 || random.nextBoolean())) {
      out.put(0x05);
      statements(depth - 1);
      results.forEach(each -> value(each, 2));
    }
    out.put(0x0B);
    labels.removeLast();
    results.forEach(_ -> out.put(0x1A));
  }

  private List<Integer> carry(int depth) {
    List<Integer> carried = labels.get(labels.size() - 1 - depth);
    carried.forEach(each -> value(each, 2));
    return carried;
  }

  private void branchIf() {
    int depth = random.nextInt(labels.size());
    boolean more = random.nextBoolean();
    if (more) {
      value(F64, 1);
    }
    List<Integer> carried = carry(depth);
    value(I32, 3);
    out.put(0x0D).leb(depth);
    carried.forEach(_ -> out.put(0x1A));
    if (more) {
      out.put(0x1A);
    }
  }

  /// Leaves the construct for good; what follows is dead, and may be anything.
  private void leave() {
    int depth = random.nextInt(labels.size());
    out.put(0x02, 0x40);
    labels.add(List.of());
    if (random.nextBoolean()) {
      value(I32, 2);
      out.put(0x04, 0x40);
      labels.add(List.of());
      jump(depth + 2);
      out.put(0x0B);
      labels.removeLast();
    } else {
      jump(depth + 1);
      out.put(0x6A, 0x1A);
    }
    out.put(0x0B);
    labels.removeLast();
  }

  private void jump(int depth) {
    if (random.nextBoolean()) {
      value(I64, 1);
    }
    carry(depth);
    switch (random.nextInt(3)) {
      case 0 -> out.put(0x0C).leb(depth);
      case 1 -> {
        value(I32, 2);
        out.put(0x0E).leb(2).leb(depth).leb(depth).leb(depth);
      }
      default -> switchOver(depth);
    }
  }

  /// Over all labels that carry the same.
  private void switchOver(int depth) {
    List<Integer> wanted = labels.get(labels.size() - 1 - depth);
    List<Integer> same = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      if (labels.get(labels.size() - 1 - i).equals(wanted)) {
        same.add(i);
      }
    }
    value(I32, 2);
    out.put(0x41).signed(7).put(0x71, 0x0E).leb(same.size());
    same.forEach(out::leb);
    out.leb(depth);
  }

  // ---- values ------------------------------------------------------------------------------

  private void value(int wanted, int depth) {
    budget--;
    if (depth <= 0 || budget <= 0) {
      leaf(wanted);
      return;
    }
    switch (random.nextInt(12)) {
      case 0, 1 -> leaf(wanted);
      case 2 -> {
        value(wanted, depth - 1);
        value(wanted, depth - 1);
        value(I32, depth - 1);
        out.put(0x1B);
      }
      case 3 -> {
        if (wanted == V128) {
          vectors.any(V128);
        } else {
          load(wanted);
        }
      }
      case 4 -> teeOr(wanted, depth);
      case 5 -> {
        out.put(random.nextBoolean() ? 0x02 : 0x03, wanted);
        labels.add(List.of(-1));
        value(wanted, depth - 1);
        labels.removeLast();
        out.put(0x0B);
      }
      default -> operation(wanted, depth);
    }
  }

  private void leaf(int wanted) {
    List<Integer> fitting = new ArrayList<>();
    for (int i = 0; i < locals.size(); i++) {
      if (locals.get(i) == wanted) {
        fitting.add(i);
      }
    }
    int global = globals.indexOf(wanted);
    if (!fitting.isEmpty() && random.nextInt(4) > 0) {
      out.put(0x20).leb(fitting.get(random.nextInt(fitting.size())));
    } else if (global >= 0 && random.nextInt(3) == 0) {
      out.put(0x23).leb(global);
    } else {
      constant(out, wanted, random);
    }
  }

  static void constant(ModuleBytes out, int wanted, RandomGenerator random) {
    switch (wanted) {
      case I32 -> out.put(0x41).signed((int) INTEGERS[random.nextInt(INTEGERS.length)]);
      case I64 -> out.put(0x42).signed(INTEGERS[random.nextInt(INTEGERS.length)]);
      case F32 -> out.put(0x43).littleEndian(FLOATS[random.nextInt(FLOATS.length)], 4);
      case V128 -> GuestVectors.constant(out, random);
      default -> out.put(0x44).littleEndian(DOUBLES[random.nextInt(DOUBLES.length)], 8);
    }
  }

  /// Half a vector: numbers that are special in one of the widths, or none.
  static void half(ModuleBytes out, RandomGenerator random) {
    switch (random.nextInt(4)) {
      case 0 -> out.littleEndian(random.nextLong(), 8);
      case 1 -> out.littleEndian(DOUBLES[random.nextInt(DOUBLES.length)], 8);
      case 2 -> {
        out.littleEndian(FLOATS[random.nextInt(FLOATS.length)], 4);
        out.littleEndian(FLOATS[random.nextInt(FLOATS.length)], 4);
      }
      default -> {
        for (int i = 0; i < 8; i++) {
          out.put(new int[] {0, 1, 0x7F, 0x80, 0xFF}[random.nextInt(5)]);
        }
      }
    }
  }

  private void load(int wanted) {
    address();
    int opcode =
        switch (wanted) {
          case I32 -> new int[] {0x28, 0x2C, 0x2D, 0x2E, 0x2F}[random.nextInt(5)];
          case I64 -> new int[] {0x29, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35}[random.nextInt(7)];
          case F32 -> 0x2A;
          default -> 0x2B;
        };
    out.put(opcode, 0).leb(random.nextInt(20) == 0 ? random.nextInt(70_000) : random.nextInt(16));
  }

  private void teeOr(int wanted, int depth) {
    int local = locals.indexOf(wanted);
    if (local >= 0) {
      value(wanted, depth - 1);
      out.put(0x22).leb(local);
    } else {
      operation(wanted, depth);
    }
  }

  private void operation(int wanted, int depth) {
    if (wanted != V128 && random.nextInt(6) == 0) {
      vectors.any(wanted);
      return;
    }
    switch (wanted) {
      case V128 -> vectors.any(V128);
      case I32 -> integer(depth);
      case I64 -> longInteger(depth);
      case F32 -> single(depth);
      default -> twice(depth);
    }
  }

  private void apply(int opcode, int depth, int... operands) {
    for (int operand : operands) {
      value(operand, depth - 1);
    }
    out.put(opcode);
  }

  private void integer(int depth) {
    switch (random.nextInt(12)) {
      case 0 -> apply(0x45, depth, I32);
      case 1 -> apply(random.nextInt(0x46, 0x50), depth, I32, I32);
      case 2 -> apply(random.nextInt(0x51, 0x5B), depth, I64, I64);
      case 3 -> apply(random.nextInt(0x5B, 0x61), depth, F32, F32);
      case 4 -> apply(random.nextInt(0x61, 0x67), depth, F64, F64);
      case 5 -> apply(random.nextInt(0x67, 0x6A), depth, I32);
      case 6 -> apply(0xA7, depth, I64);
      case 7 -> truncation(depth, 0);
      case 8 -> apply(0xBC, depth, F32);
      case 9 -> apply(random.nextInt(0xC0, 0xC2), depth, I32);
      default -> apply(random.nextInt(0x6A, 0x79), depth, I32, I32);
    }
  }

  /// The saturating form mostly: the other traps most of the time.
  private void truncation(int depth, int first) {
    boolean single = random.nextBoolean();
    boolean unsigned = random.nextBoolean();
    value(single ? F32 : F64, depth - 1);
    int form = (single ? 0 : 2) + (unsigned ? 1 : 0);
    if (random.nextInt(8) == 0) {
      out.put((first == 0 ? 0xA8 : 0xAE) + form);
    } else {
      out.put(0xFC, first + form);
    }
  }

  private void longInteger(int depth) {
    switch (random.nextInt(8)) {
      case 0 -> apply(random.nextInt(0x79, 0x7C), depth, I64);
      case 1 -> apply(random.nextInt(0xAC, 0xAE), depth, I32);
      case 2 -> truncation(depth, 4);
      case 3 -> apply(0xBD, depth, F64);
      case 4 -> apply(random.nextInt(0xC2, 0xC5), depth, I64);
      default -> apply(random.nextInt(0x7C, 0x8B), depth, I64, I64);
    }
  }

  private void single(int depth) {
    switch (random.nextInt(7)) {
      case 0 -> apply(random.nextInt(0x8B, 0x92), depth, F32);
      case 1 -> apply(random.nextInt(0xB2, 0xB4), depth, I32);
      case 2 -> apply(random.nextInt(0xB4, 0xB6), depth, I64);
      case 3 -> apply(0xB6, depth, F64);
      case 4 -> apply(0xBE, depth, I32);
      default -> apply(random.nextInt(0x92, 0x99), depth, F32, F32);
    }
  }

  private void twice(int depth) {
    switch (random.nextInt(7)) {
      case 0 -> apply(random.nextInt(0x99, 0xA0), depth, F64);
      case 1 -> apply(random.nextInt(0xB7, 0xB9), depth, I32);
      case 2 -> apply(random.nextInt(0xB9, 0xBB), depth, I64);
      case 3 -> apply(0xBB, depth, F32);
      case 4 -> apply(0xBF, depth, I64);
      default -> apply(random.nextInt(0xA0, 0xA7), depth, F64, F64);
    }
  }
}
