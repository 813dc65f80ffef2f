package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.machine.MachineTrap;
import io.kogluktualuk.fabric.fault.Unavailable;

/// What traps of the machine mean outside.
final class Traps {

  private Traps() {}

  static GuestTrap of(MachineTrap trap) {
    TrapKind kind =
        switch (trap.reason()) {
          case UNREACHABLE -> TrapKind.UNREACHABLE;
          case DIVIDE_BY_ZERO -> TrapKind.INTEGER_DIVIDE_BY_ZERO;
          case INTEGER_OVERFLOW -> TrapKind.INTEGER_OVERFLOW;
          case BAD_CONVERSION -> TrapKind.BAD_CONVERSION;
          case MEMORY_BOUNDS, TABLE_BOUNDS -> TrapKind.OUT_OF_BOUNDS;
          case UNDEFINED_ELEMENT, UNINITIALIZED_ELEMENT, CALL_TYPE -> TrapKind.INDIRECT_CALL;
          case STACK_OVERFLOW -> TrapKind.STACK_OVERFLOW;
        };
    return new GuestTrap(kind, trap.reason().words());
  }

  /// The host's stack is not the guest's: where it ends differs between runs, so this is no trap.
  static Unavailable outOfStack(StackOverflowError e) {
    return new Unavailable(
        "this thread's stack is too small for the call depth limit; start the JVM with -Xss8m", e);
  }
}
