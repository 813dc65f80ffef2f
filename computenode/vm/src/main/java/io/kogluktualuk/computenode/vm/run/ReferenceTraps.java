package io.kogluktualuk.computenode.vm.run;

import java.util.Map;
import run.endive.runtime.WasmInterruptedException;
import run.endive.wasm.WasmEngineException;

/// Translates what the engine throws into traps.
///
/// The engine tells its traps apart by message only; the messages here are those of its version
/// that the build names, and a test runs each kind.
final class ReferenceTraps {

  private static final Map<String, TrapKind> KINDS =
      Map.of(
          "Trapped on unreachable instruction", TrapKind.UNREACHABLE,
          "integer divide by zero", TrapKind.INTEGER_DIVIDE_BY_ZERO,
          "integer overflow", TrapKind.INTEGER_OVERFLOW,
          "invalid conversion to integer", TrapKind.BAD_CONVERSION,
          "out of bounds memory access", TrapKind.OUT_OF_BOUNDS,
          "out of bounds table access", TrapKind.OUT_OF_BOUNDS,
          "undefined element", TrapKind.INDIRECT_CALL,
          "indirect call type mismatch", TrapKind.INDIRECT_CALL);

  private ReferenceTraps() {}

  /// The trap, cancellation or fault that an exception of the engine means.
  static RuntimeException translate(WasmEngineException e) {
    String message = String.valueOf(e.getMessage());
    TrapKind kind = KINDS.get(message);
    if (kind != null) {
      return new GuestTrap(kind, kind == TrapKind.UNREACHABLE ? "unreachable" : message);
    }
    if (message.startsWith("uninitialized element")) {
      return new GuestTrap(TrapKind.INDIRECT_CALL, "uninitialized element");
    }
    if (e instanceof WasmInterruptedException) {
      return new Meter.Cancellation();
    }
    if (e.getCause() instanceof StackOverflowError overflow) {
      return Traps.outOfStack(overflow);
    }
    if (e.getCause() instanceof WasmEngineException cause) {
      return translate(cause);
    }
    return e;
  }
}
