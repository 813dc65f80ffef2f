package io.kogluktualuk.computenode.vm.compile;

import io.kogluktualuk.computenode.vm.compile.Operand.Place;
import io.kogluktualuk.computenode.vm.module.ValueType;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The operand stack of the function that is compiled, and its image on the JVM's stack.
///
/// Variables and constants are put on the JVM's stack as late as possible, comparisons are left to
/// the branch that wants them, NaN is made canonical where bits can be seen.
///
/// **Threading:** one thread, one method.
final class OperandStack {

  private final CodeBuilder code;
  private final List<Operand> operands = new ArrayList<>();
  private final Map<TypeKind, List<Integer>> scratch = new EnumMap<>(TypeKind.class);

  OperandStack(CodeBuilder code) {
    this.code = code;
  }

  int height() {
    return operands.size();
  }

  Operand peek(int fromTop) {
    return operands.get(operands.size() - 1 - fromTop);
  }

  // ---- pushing -----------------------------------------------------------------------------

  /// A value that the code just left on the JVM's stack.
  void push(ValueType type) {
    operands.add(Operand.onStack(type, false));
  }

  /// A result of arithmetic, just left on the JVM's stack.
  void pushRaw(ValueType type) {
    operands.add(Operand.onStack(type, true));
  }

  /// A value that needs no code yet.
  void pushLater(Operand operand) {
    if (!operands.isEmpty() && peek(0).place() == Place.CONDITION) {
      flush();
    }
    operands.add(operand);
  }

  void truncate(int height) {
    operands.subList(height, operands.size()).clear();
  }

  // ---- bringing to the JVM's stack ---------------------------------------------------------

  /// Loads all that is not loaded.
  void flush() {
    int end = operands.size();
    int first = end;
    while (first > 0 && !isLoaded(operands.get(first - 1))) {
      first--;
    }
    for (int i = first; i < end; i++) {
      Operand operand = operands.get(i);
      load(operand);
      operands.set(i, Operand.onStack(operand.type(), operand.raw()));
    }
  }

  private static boolean isLoaded(Operand operand) {
    return operand.isOnStack() || operand.isSpilled();
  }

  /// Emits what leaves the operand on the JVM's stack, wherever it is now.
  void load(Operand operand) {
    switch (operand.place()) {
      case STACK -> {}
      case SPILLED, LOCAL -> code.loadLocal(JvmTypes.kind(operand.type()), operand.slot());
      case CONSTANT -> loadConstant(operand.type(), operand.bits());
      case CONDITION -> loadCondition(operand);
    }
  }

  private void loadConstant(ValueType type, long bits) {
    switch (type) {
      case I32 -> code.loadConstant((int) bits);
      case I64, V128 -> code.loadConstant(bits);
      case F32 -> Floats.loadConstant(code, (int) bits);
      case F64 -> Floats.loadConstant(code, bits);
      case FUNCREF, EXTERNREF -> code.aconst_null();
    }
  }

  private void loadCondition(Operand operand) {
    Label yes = code.newLabel();
    Label done = code.newLabel();
    code.branch(Objects.requireNonNull(operand.condition()), yes);
    code.iconst_0().goto_(done);
    code.labelBinding(yes).iconst_1();
    code.labelBinding(done);
  }

  /// Makes the topmost `count` lie on the JVM's stack, in order.
  void require(int count) {
    flush();
    if (count > 0 && peek(count - 1).isSpilled()) {
      reload(count, false);
    }
  }

  /// The same, with every NaN canonical: before others see the values.
  void settle(int count) {
    flush();
    boolean deep = count > 0 && peek(count - 1).isSpilled();
    for (int i = 1; i < count; i++) {
      deep |= peek(i).raw();
    }
    if (deep) {
      reload(count, true);
    } else if (count > 0 && peek(0).raw()) {
      makeCanonical();
    }
  }

  private void makeCanonical() {
    Operand top = peek(0);
    Floats.makeCanonical(code, top.type());
    operands.set(operands.size() - 1, Operand.onStack(top.type(), false));
  }

  private void reload(int count, boolean canonical) {
    int first = operands.size() - count;
    Operand[] taken = new Operand[count];
    for (int i = count - 1; i >= 0; i--) {
      taken[i] = stored(operands.get(first + i), i);
    }
    for (int i = 0; i < count; i++) {
      load(taken[i]);
      boolean raw = taken[i].raw();
      if (raw && canonical) {
        Floats.makeCanonical(code, taken[i].type());
      }
      operands.set(first + i, Operand.onStack(taken[i].type(), raw && !canonical));
    }
  }

  private Operand stored(Operand operand, int ordinal) {
    if (!operand.isOnStack()) {
      return operand;
    }
    int slot = scratch(JvmTypes.kind(operand.type()), 4 + ordinal);
    code.storeLocal(JvmTypes.kind(operand.type()), slot);
    return operand.spilledTo(slot);
  }

  // ---- taking ------------------------------------------------------------------------------

  /// Forgets the topmost `count`, which the code has consumed.
  void drop(int count) {
    truncate(operands.size() - count);
  }

  /// Takes the top, so that it can be loaded later and more than once. Who pushes something before
  /// that calls [#flush] first.
  ///
  /// @param ordinal tells apart what is taken at the same time
  Operand take(int ordinal) {
    Operand top = peek(0);
    if (top.isAtHand()) {
      drop(1);
      return top;
    }
    require(1);
    drop(1);
    TypeKind kind = JvmTypes.kind(top.type());
    int slot = scratch(kind, ordinal);
    code.storeLocal(kind, slot);
    return Operand.local(top.type(), slot, top.raw());
  }

  /// The same, with a canonical NaN.
  Operand takeSettled(int ordinal) {
    if (peek(0).raw()) {
      settle(1);
    }
    return take(ordinal);
  }

  /// Takes the top as a condition: the branch that is taken when it is not zero.
  Opcode takeCondition() {
    Operand top = peek(0);
    if (top.place() == Place.CONDITION) {
      drop(1);
      return Objects.requireNonNull(top.condition());
    }
    require(1);
    drop(1);
    return Opcode.IFNE;
  }

  /// Takes the top off, whatever it is.
  void discard() {
    if (peek(0).place() == Place.CONDITION) {
      flush();
    }
    Operand top = peek(0);
    if (top.isOnStack()) {
      pop(top.type());
    }
    drop(1);
  }

  void pop(ValueType type) {
    if (JvmTypes.slots(type) == 2) {
      code.pop2();
    } else {
      code.pop();
    }
  }

  // ---- variables ---------------------------------------------------------------------------

  /// Loads what still stands for the variable, which is about to change.
  void flushLocal(int slot) {
    for (Operand operand : operands) {
      if (operand.place() == Place.LOCAL && operand.slot() == slot) {
        flush();
        return;
      }
    }
  }

  /// A variable for a moment.
  int scratch(TypeKind kind, int ordinal) {
    List<Integer> slots = scratch.computeIfAbsent(kind, _ -> new ArrayList<>());
    while (slots.size() <= ordinal) {
      slots.add(-1);
    }
    if (slots.get(ordinal) < 0) {
      slots.set(ordinal, code.allocateLocal(kind));
    }
    return slots.get(ordinal);
  }

  /// Empties the JVM's stack below the topmost `keep`, which must be nowhere on it.
  void spill(int keep) {
    for (int i = operands.size() - keep - 1; i >= 0 && operands.get(i).isOnStack(); i--) {
      Operand operand = operands.get(i);
      TypeKind kind = JvmTypes.kind(operand.type());
      int slot = code.allocateLocal(kind);
      code.storeLocal(kind, slot);
      operands.set(i, operand.spilledTo(slot));
    }
  }

  /// How many of the operands from `base` to `end` are on the JVM's stack.
  boolean anyOnStack(int base, int end) {
    return end > base && operands.get(end - 1).isOnStack();
  }

  /// Pops those of the operands from `base` to `end` that are on the JVM's stack, whose top they
  /// are; leaves the model as it is, for the code that goes on elsewhere.
  void popRange(int base, int end) {
    for (int i = end - 1; i >= base && operands.get(i).isOnStack(); i--) {
      pop(operands.get(i).type());
    }
  }
}
