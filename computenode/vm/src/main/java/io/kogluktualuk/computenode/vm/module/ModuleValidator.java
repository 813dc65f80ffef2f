package io.kogluktualuk.computenode.vm.module;

import io.kogluktualuk.computenode.vm.module.DecodedModule.Body;
import io.kogluktualuk.fabric.fault.FabricException;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Decides whether a decoded module is valid, as the specification of WebAssembly 2.0 says.
///
/// The decoder has looked at sections and bounds; this checks that what they name exists, that
/// constants have the right types, and the code.
///
/// **Threading:** any thread; functions are checked on all cores, by the JVM's common pool. Of
/// several errors the one that comes first in the module is thrown, whoever finds it.
/// **Bound:** time in proportion to the module's length, times [ModuleBounds#VALUES] at most;
/// memory of each core within [ModuleBounds#LOCALS], [ModuleBounds#OPERANDS] and
/// [ModuleBounds#NESTING].
public final class ModuleValidator {

  /// What one core checks in one go: enough to pay for asking another.
  private static final int BYTES_PER_TASK = 32 * 1024;

  private final DecodedModule module;
  private final WasmCursor nowhere;

  private ModuleValidator(DecodedModule module) {
    this.module = module;
    this.nowhere = new WasmCursor(module.bytes(), module.bytes().length, module.bytes().length);
  }

  /// @throws io.kogluktualuk.fabric.fault.MalformedEncoding when it is not valid
  /// @throws io.kogluktualuk.fabric.fault.InvalidArgument when it uses what is not offered, or
  ///     code is beyond a bound
  public static void validate(DecodedModule module) {
    ModuleValidator validator = new ModuleValidator(module);
    validator.requireStart();
    validator.requireGlobals();
    validator.requireElements();
    validator.requireData();
    validator.requireCode();
  }

  private void requireStart() {
    if (module.start() < 0) {
      return;
    }
    requireFunction(module.start());
    Signature type = module.signatureOf(module.start());
    if (!type.parameters().isEmpty() || !type.results().isEmpty()) {
      throw nowhere.malformed("start function: expected the type >, found " + type);
    }
  }

  private void requireFunction(int function) {
    if (function >= module.functionTypes().size()) {
      throw nowhere.malformed("unknown function " + function);
    }
  }

  private void requireGlobals() {
    for (GlobalType global : module.globals()) {
      if (global.initial() != null) {
        requireConstant(global.initial(), global.type());
      }
    }
  }

  private void requireConstant(@Nullable Constant found, ValueType expected) {
    Constant constant = Objects.requireNonNull(found);
    ValueType type = constant.type(module.globals());
    if (type != expected) {
      throw nowhere.malformed(
          "type mismatch: expected a constant of "
              + Types.name(Types.of(expected))
              + ", found "
              + Types.name(Types.of(type)));
    }
    if (constant.opcode() == Instructions.REF_FUNC) {
      requireFunction((int) constant.low());
    }
  }

  private void requireElements() {
    for (ElementSegment segment : module.elements()) {
      for (int function : segment.functions()) {
        if (function >= 0) {
          requireFunction(function);
        }
      }
      if (segment.mode() == SegmentMode.ACTIVE) {
        requireConstant(segment.offset(), ValueType.I32);
        requireTable(segment);
      }
    }
  }

  private void requireTable(ElementSegment segment) {
    if (segment.table() >= module.tables().size()) {
      throw nowhere.malformed("unknown table " + segment.table());
    }
    ValueType expected = module.tables().get(segment.table()).element();
    if (expected != segment.type()) {
      throw nowhere.malformed(
          "type mismatch: expected elements of " + expected + ", found " + segment.type());
    }
  }

  private void requireData() {
    for (DataSegment segment : module.data()) {
      if (segment.mode() == SegmentMode.ACTIVE) {
        requireConstant(segment.offset(), ValueType.I32);
        MemoryArguments.require(nowhere, module.hasMemory());
      }
    }
  }

  // ---- code --------------------------------------------------------------------------------

  /// What came of checking some functions.
  private record Outcome(long locals, @Nullable FabricException fault) {}

  private void requireCode() {
    Declarations declared = new Declarations(module);
    int[] firsts = firstsOfTasks();
    List<Outcome> outcomes =
        IntStream.range(0, firsts.length - 1)
            .parallel()
            .mapToObj(i -> validate(firsts[i], firsts[i + 1], declared))
            .toList();
    long locals = 0;
    for (Outcome outcome : outcomes) {
      if (outcome.fault() != null) {
        throw outcome.fault();
      }
      locals += outcome.locals();
    }
    ModuleBounds.require("locals in all", locals, ModuleBounds.LOCALS_IN_ALL);
  }

  /// The first body of each task, and the end of the last.
  private int[] firstsOfTasks() {
    IntStream.Builder firsts = IntStream.builder();
    int begun = Integer.MIN_VALUE;
    for (int i = 0; i < module.bodies().size(); i++) {
      Body body = module.bodies().get(i);
      if (body.start() >= begun + (long) BYTES_PER_TASK) {
        firsts.add(i);
        begun = body.start();
      }
    }
    return firsts.add(module.bodies().size()).build().toArray();
  }

  private Outcome validate(int first, int end, Declarations declared) {
    FunctionValidator functions = new FunctionValidator(module, declared);
    long locals = 0;
    try {
      for (int i = first; i < end; i++) {
        locals += functions.validate(module.importCount() + i);
      }
      return new Outcome(locals, null);
    } catch (FabricException e) {
      return new Outcome(locals, e);
    }
  }
}
