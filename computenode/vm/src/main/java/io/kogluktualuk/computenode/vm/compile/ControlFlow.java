package io.kogluktualuk.computenode.vm.compile;

import io.kogluktualuk.computenode.vm.compile.ControlFrame.Kind;
import io.kogluktualuk.computenode.vm.module.ValueType;
import io.kogluktualuk.computenode.vm.module.WasmCursor;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.SwitchCase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Structured control flow, as jumps.
///
/// At each join, what is above the operands of the construct is on the JVM's stack; what is below
/// is as it was when the construct began. For that a construct in which a loop begins, where the
/// JVM's stack must be empty, empties it at its own beginning.
///
/// **Threading:** one thread, one method.
final class ControlFlow {

  private final MethodContext context;
  private final CodeBuilder code;
  private final OperandStack stack;
  private final Exits exits;
  private final List<ControlFrame> frames = new ArrayList<>();
  private boolean reachable = true;

  ControlFlow(MethodContext context, Exits exits) {
    this.context = context;
    this.code = context.code;
    this.stack = context.stack;
    this.exits = exits;
  }

  boolean isReachable() {
    return reachable;
  }

  boolean isDone() {
    return frames.isEmpty();
  }

  void openFunction(List<ValueType> results) {
    frames.add(new ControlFrame(Kind.OUTSIDE, code.newLabel(), List.of(), results, 0, false));
  }

  /// Opens what is open around a chunk.
  void openOutside(List<ControlFrame> around) {
    around.forEach(each -> frames.add(each.fromOutside(code.newLabel())));
  }

  List<ControlFrame> openFrames() {
    return List.copyOf(frames);
  }

  // ---- opening -----------------------------------------------------------------------------

  void openDead() {
    frames.add(
        new ControlFrame(Kind.BLOCK, code.newLabel(), List.of(), List.of(), stack.height(), true));
  }

  void openBlock(List<ValueType> parameters, List<ValueType> results, boolean spills) {
    int carried = parameters.size();
    stack.settle(carried);
    if (spills) {
      around(parameters, 0);
    }
    frames.add(
        new ControlFrame(
            Kind.BLOCK, code.newLabel(), parameters, results, stack.height() - carried, false));
  }

  /// Puts the topmost operands into variables, empties the JVM's stack, and brings them back.
  private int[] around(List<ValueType> carried, int firstOrdinal) {
    if (carried.isEmpty()) {
      stack.spill(0);
      return new int[0];
    }
    int[] slots = new int[carried.size()];
    for (int i = carried.size() - 1; i >= 0; i--) {
      TypeKind kind = JvmTypes.kind(carried.get(i));
      slots[i] = firstOrdinal < 0 ? code.allocateLocal(kind) : stack.scratch(kind, 4 + i);
      code.storeLocal(kind, slots[i]);
    }
    stack.drop(carried.size());
    stack.spill(0);
    if (firstOrdinal >= 0) {
      reloadFrom(carried, slots);
    }
    return slots;
  }

  private void reloadFrom(List<ValueType> types, int[] slots) {
    for (int i = 0; i < slots.length; i++) {
      code.loadLocal(JvmTypes.kind(types.get(i)), slots[i]);
      stack.push(types.get(i));
    }
  }

  void openLoop(List<ValueType> parameters, List<ValueType> results, boolean movesMemory) {
    stack.settle(parameters.size());
    if (movesMemory) {
      context.memoryKnown = false;
    } else {
      context.knowMemory();
    }
    int[] slots = around(parameters, -1);
    ControlFrame frame =
        new ControlFrame(Kind.LOOP, code.newLabel(), parameters, results, stack.height(), false);
    frame.loopSlots = slots;
    frames.add(frame);
    code.labelBinding(frame.target);
    reloadFrom(parameters, slots);
  }

  void openIf(List<ValueType> parameters, List<ValueType> results, boolean spills) {
    Opcode condition = stack.takeCondition();
    if (spills || !parameters.isEmpty()) {
      condition = setAside(condition, parameters, spills);
    }
    ControlFrame frame =
        new ControlFrame(
            Kind.IF,
            code.newLabel(),
            parameters,
            results,
            stack.height() - parameters.size(),
            false);
    frame.otherwise = code.newLabel();
    frame.memoryKnownBefore = context.memoryKnown;
    frames.add(frame);
    code.branch(Comparisons.negated(condition), frame.otherwise);
  }

  /// Makes the condition a number in a variable while what is below it is moved.
  private Opcode setAside(Opcode condition, List<ValueType> carried, boolean spills) {
    int number = stack.scratch(TypeKind.INT, 2);
    if (condition != Opcode.IFNE) {
      stack.load(Operand.condition(condition));
    }
    code.istore(number);
    stack.settle(carried.size());
    if (spills) {
      around(carried, 0);
    }
    code.iload(number);
    return Opcode.IFNE;
  }

  // ---- closing -----------------------------------------------------------------------------

  void otherwise() {
    ControlFrame frame = frames.getLast();
    if (frame.dead) {
      return;
    }
    if (reachable) {
      stack.settle(frame.results.size());
      frame.join(context.memoryKnown);
      code.goto_(frame.target);
    }
    bindOtherwise(frame);
  }

  private void bindOtherwise(ControlFrame frame) {
    code.labelBinding(java.util.Objects.requireNonNull(frame.otherwise));
    frame.otherwise = null;
    stack.truncate(frame.base);
    frame.parameters.forEach(stack::push);
    context.memoryKnown = frame.memoryKnownBefore;
    reachable = true;
  }

  void end() {
    ControlFrame frame = frames.removeLast();
    if (frame.dead) {
      stack.truncate(frame.base);
      return;
    }
    if (reachable) {
      stack.settle(frame.results.size());
    }
    if (frame.otherwise != null) {
      if (reachable) {
        frame.join(context.memoryKnown);
        code.goto_(frame.target);
      }
      bindOtherwise(frame);
    }
    bindEnd(frame);
  }

  private void bindEnd(ControlFrame frame) {
    if (frame.joined) {
      context.memoryKnown = frame.memoryKnownAtJoin && (!reachable || context.memoryKnown);
      reachable = true;
      code.labelBinding(frame.target);
    }
    if (frame.kind == Kind.OUTSIDE && reachable) {
      exits.leave(frame, 0);
      reachable = false;
    }
    stack.truncate(frame.base);
    if (reachable) {
      frame.results.forEach(stack::push);
    }
  }

  // ---- branches ----------------------------------------------------------------------------

  private ControlFrame frame(int depth) {
    return frames.get(frames.size() - 1 - depth);
  }

  void stop() {
    reachable = false;
    stack.truncate(frames.getLast().base);
  }

  void branch(int depth) {
    ControlFrame frame = frame(depth);
    stack.settle(frame.carried().size());
    jump(frame);
    stop();
  }

  void returnFromFunction() {
    branch(frames.size() - 1);
  }

  /// Goes to the frame with what is on top of the stack; the model stays as it is.
  private void jump(ControlFrame frame) {
    if (frame.kind == Kind.OUTSIDE) {
      exits.leave(frame, frames.indexOf(frame));
      return;
    }
    int carried = frame.carried().size();
    int below = stack.height() - carried;
    if (frame.kind == Kind.LOOP) {
      for (int i = carried - 1; i >= 0; i--) {
        code.storeLocal(JvmTypes.kind(frame.parameters.get(i)), frame.loopSlots[i]);
      }
      stack.popRange(frame.base, below);
    } else {
      if (stack.anyOnStack(frame.base, below)) {
        popBelow(frame.results, frame.base, below);
      }
      frame.join(context.memoryKnown);
    }
    code.goto_(frame.target);
  }

  private void popBelow(List<ValueType> carried, int base, int below) {
    int[] slots = new int[carried.size()];
    for (int i = slots.length - 1; i >= 0; i--) {
      TypeKind kind = JvmTypes.kind(carried.get(i));
      slots[i] = stack.scratch(kind, 4 + i);
      code.storeLocal(kind, slots[i]);
    }
    stack.popRange(base, below);
    for (int i = 0; i < slots.length; i++) {
      code.loadLocal(JvmTypes.kind(carried.get(i)), slots[i]);
    }
  }

  /// Whether a jump needs no code but itself.
  private boolean isPlain(ControlFrame frame) {
    int carried = frame.carried().size();
    return frame.kind != Kind.OUTSIDE
        && (frame.kind != Kind.LOOP || carried == 0)
        && !stack.anyOnStack(frame.base, stack.height() - carried);
  }

  void branchIf(int depth) {
    ControlFrame frame = frame(depth);
    Opcode condition = stack.takeCondition();
    if (!frame.carried().isEmpty()) {
      condition = setAside(condition, frame.carried(), false);
    }
    if (isPlain(frame)) {
      code.branch(condition, frame.target);
      if (frame.kind != Kind.LOOP) {
        frame.join(context.memoryKnown);
      }
      return;
    }
    Label on = code.newLabel();
    code.branch(Comparisons.negated(condition), on);
    jump(frame);
    code.labelBinding(on);
  }

  void branchTable(WasmCursor cursor) {
    int count = (int) cursor.readU32();
    int[] depths = new int[count + 1];
    for (int i = 0; i <= count; i++) {
      depths[i] = cursor.readIndex();
    }
    int carried = frame(depths[count]).carried().size();
    stack.require(1);
    stack.drop(1);
    if (carried > 0) {
      Opcode _ = setAside(Opcode.IFNE, frame(depths[count]).carried(), false);
    }
    Map<Integer, Label> labels = new LinkedHashMap<>();
    List<Label> targets = new ArrayList<>(count + 1);
    for (int depth : depths) {
      targets.add(labels.computeIfAbsent(depth, this::labelOf));
    }
    BranchTables.write(code, targets, stack.scratch(TypeKind.INT, 1));
    labels.forEach(this::land);
    stop();
  }

  private Label labelOf(int depth) {
    ControlFrame frame = frame(depth);
    return isPlain(frame) ? frame.target : code.newLabel();
  }

  private void land(int depth, Label label) {
    ControlFrame frame = frame(depth);
    if (!isPlain(frame)) {
      code.labelBinding(label);
      jump(frame);
    } else if (frame.kind != Kind.LOOP) {
      frame.join(context.memoryKnown);
    }
  }

  // ---- behind a chunk ----------------------------------------------------------------------

  /// Goes where a chunk has told.
  ///
  /// @param next the variable with what it has told
  void follow(Chunk chunk, SharedFrame shared, int next) {
    Label on = code.newLabel();
    if (chunk.fallsThrough()) {
      code.iload(next).ifeq(on);
    }
    if (chunk.exits().isEmpty()) {
      neverHere();
    } else {
      dispatch(chunk, shared, next);
    }
    if (chunk.fallsThrough()) {
      code.labelBinding(on);
    } else {
      stop();
    }
  }

  private void dispatch(Chunk chunk, SharedFrame shared, int next) {
    List<SwitchCase> cases = new ArrayList<>();
    for (int index : chunk.exits()) {
      cases.add(SwitchCase.of(index + 1, code.newLabel()));
    }
    if (cases.size() > 1) {
      code.iload(next).lookupswitch(cases.getLast().target(), cases);
    }
    for (SwitchCase each : cases) {
      code.labelBinding(each.target());
      ControlFrame frame = frames.get(each.caseValue() - 1);
      int height = stack.height();
      shared.loadCarried(frame.carried());
      jump(frame);
      stack.truncate(height);
    }
  }

  private void neverHere() {
    code.aload(context.instance).lload(context.fuel);
    code.invokevirtual(Machine.INSTANCE, "unreachable", Machine.MAKES_TRAP).athrow();
  }
}
