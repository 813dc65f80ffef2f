package io.kogluktualuk.computenode.vm.compile;

import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.DecodedModule.Body;
import io.kogluktualuk.computenode.vm.module.FrameWeight;
import io.kogluktualuk.computenode.vm.module.Signature;
import io.kogluktualuk.computenode.vm.module.ValueType;
import io.kogluktualuk.computenode.vm.module.WasmCursor;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Writes the method of one function.
///
/// **Threading:** one thread, one function.
final class FunctionCompiler {

  private static final int FLAGS = ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC;

  private final DecodedModule module;
  private final ClassLayout layout;
  private final int function;
  private final Signature signature;
  private final Variables variables;
  private final CodePlan plan;
  private final WasmCursor cursor;
  private final ChunkPlan chunks;
  private final Map<Chunk, List<ControlFrame>> around = new IdentityHashMap<>();

  FunctionCompiler(DecodedModule module, ClassLayout layout, int function, int methodBytes) {
    this.module = module;
    this.layout = layout;
    this.function = function;
    this.signature = layout.signatureOf(function);
    Body body = module.bodies().get(function - module.importCount());
    this.cursor = new WasmCursor(module.bytes(), body.start(), body.end());
    this.variables = Variables.read(module.signatureOf(function), cursor);
    this.plan = CodePlan.of(cursor);
    this.chunks = ChunkPlan.of(module, cursor, methodBytes);
  }

  /// Writes the function, and the chunks it is cut into when it is large.
  void write(ClassBuilder builder) {
    builder.withMethodBody(
        ClassLayout.methodOf(function), ClassLayout.typeOf(signature), FLAGS, this::write);
    for (Chunk chunk : chunks.chunks()) {
      builder.withMethodBody(
          chunkMethod(chunk), SharedFrame.CHUNK, FLAGS, code -> writeChunk(code, chunk));
    }
  }

  private String chunkMethod(Chunk chunk) {
    return ClassLayout.methodOf(function) + "c" + chunk.number();
  }

  private void write(CodeBuilder code) {
    int parameters = signature.parameters().size();
    MethodContext context = new MethodContext(module, layout, plan, code, parameters);
    int[] slots = prepareVariables(code);
    Label start = code.newBoundLabel();
    enter(context);
    ControlFlow flow = new ControlFlow(context, new FunctionExits(context, signature.results()));
    flow.openFunction(signature.results());
    ChunkCalls calls = null;
    if (!chunks.chunks().isEmpty()) {
      SharedFrame frame = SharedFrame.create(context, variables, mostCarried());
      calls = calls(context, flow, frame, slots, null);
    }
    new Translation(context, flow, variables, slots, cursor.copy(), calls).run();
    if (plan.traps()) {
      catchTraps(context, start);
    }
  }

  /// How many values a branch may carry at most.
  private int mostCarried() {
    return module.types().stream()
        .map(Halves::of)
        .mapToInt(type -> Math.max(type.parameters().size(), type.results().size()))
        .reduce(2, Math::max);
  }

  private ChunkCalls calls(
      MethodContext context,
      ControlFlow flow,
      SharedFrame frame,
      int[] slots,
      @Nullable Chunk current) {
    return new ChunkCalls(
        context, flow, frame, slots, chunks, current, around, layout.classOf(function), methodOf());
  }

  private Function<Chunk, String> methodOf() {
    return this::chunkMethod;
  }

  private void writeChunk(CodeBuilder code, Chunk chunk) {
    List<ControlFrame> outside = around.get(chunk);
    if (outside == null) {
      // In code that is never reached.
      code.iconst_0().ireturn();
      return;
    }
    MethodContext context = new MethodContext(module, layout, plan, code, 0);
    SharedFrame frame = SharedFrame.given(context, variables);
    int[] slots = new int[variables.types().size()];
    chunk.used().stream().forEach(i -> slots[i] = allocate(code, variables.type(i)));
    frame.loadVariables(chunk.used(), slots);
    Label start = code.newBoundLabel();
    context.knowMemory();
    ChunkExits exits = new ChunkExits(context, frame, chunk, slots);
    ControlFlow flow = new ControlFlow(context, exits);
    flow.openOutside(outside);
    ChunkCalls calls = calls(context, flow, frame, slots, chunk);
    WasmCursor inside = cursor.from(chunk.start());
    new Translation(context, flow, variables, slots, inside, calls).runTo(chunk.end());
    exits.finish(flow.isReachable());
    if (plan.traps()) {
      catchTraps(context, start);
    }
  }

  private int[] prepareVariables(CodeBuilder code) {
    int parameters = variables.parameters();
    int[] slots = new int[variables.types().size()];
    Arrays.setAll(slots, i -> i < parameters ? code.parameterSlot(variables.places()[i]) : -1);
    for (int i = parameters; i < slots.length; i++) {
      if (variables.used().get(i)) {
        slots[i] = allocate(code, variables.type(i));
        clear(code, variables.type(i), slots[i]);
      }
    }
    return slots;
  }

  /// A variable of the JVM; two for a vector, the lower half first.
  private static int allocate(CodeBuilder code, ValueType type) {
    int slot = code.allocateLocal(JvmTypes.kind(type));
    if (type == ValueType.V128) {
      int upper = code.allocateLocal(TypeKind.LONG);
      assert upper == Variables.upper(slot) : upper;
    }
    return slot;
  }

  private static void clear(CodeBuilder code, ValueType type, int slot) {
    loadZero(code, type);
    code.storeLocal(JvmTypes.kind(type), slot);
    if (type == ValueType.V128) {
      code.lconst_0().lstore(Variables.upper(slot));
    }
  }

  private static void loadZero(CodeBuilder code, ValueType type) {
    switch (type) {
      case I32 -> code.iconst_0();
      case I64, V128 -> code.lconst_0();
      case F32 -> code.fconst_0();
      case F64 -> code.dconst_0();
      case FUNCREF, EXTERNREF -> code.aconst_null();
    }
  }

  private void enter(MethodContext context) {
    CodeBuilder code = context.code;
    context.chargeAndLook(plan.costAt(cursor.position()));
    int weight = FrameWeight.of(module, function);
    if (weight > 0) {
      Label deep = code.newLabel();
      code.iload(context.depth).loadConstant(weight).isub().dup().istore(context.depth);
      code.ifge(deep);
      code.aload(context.instance).lload(context.fuel);
      code.invokevirtual(Machine.INSTANCE, "overflow", Machine.MAKES_TRAP).athrow();
      code.labelBinding(deep);
    }
    context.knowMemory();
  }

  /// Exceptions of the JVM that mean traps: the handler adds the fuel that is left.
  static void catchTraps(MethodContext context, Label start) {
    CodeBuilder code = context.code;
    Label end = code.newBoundLabel();
    for (Class<?> type : List.of(IndexOutOfBoundsException.class, ArithmeticException.class)) {
      Label handler = code.newBoundLabel();
      code.exceptionCatch(start, end, handler, JvmTypes.of(type));
      int exception = context.stack.scratch(TypeKind.REFERENCE, 0);
      code.astore(exception).aload(context.instance).aload(exception).lload(context.fuel);
      code.invokevirtual(Machine.INSTANCE, "trap", Machine.TRAP_OF).athrow();
    }
  }
}
