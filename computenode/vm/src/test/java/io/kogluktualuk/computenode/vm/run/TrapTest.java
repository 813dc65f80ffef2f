package io.kogluktualuk.computenode.vm.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Each way in which a guest can be ended by what it does.
final class TrapTest {

  private static final Vm VM = Vm.open(VmSettings.defaults());

  @ParameterizedTest
  @CsvSource({
    "unreachable, UNREACHABLE, unreachable",
    "divide, INTEGER_DIVIDE_BY_ZERO, integer divide by zero",
    "divide_long, INTEGER_DIVIDE_BY_ZERO, integer divide by zero",
    "overflow, INTEGER_OVERFLOW, integer overflow",
    "truncate_large, INTEGER_OVERFLOW, integer overflow",
    "truncate_nan, BAD_CONVERSION, invalid conversion to integer",
    "load, OUT_OF_BOUNDS, out of bounds memory access",
    "load_negative, OUT_OF_BOUNDS, out of bounds memory access",
    "load_offset, OUT_OF_BOUNDS, out of bounds memory access",
    "store, OUT_OF_BOUNDS, out of bounds memory access",
    "fill, OUT_OF_BOUNDS, out of bounds memory access",
    "copy, OUT_OF_BOUNDS, out of bounds memory access",
    "copy_huge, OUT_OF_BOUNDS, out of bounds memory access",
    "table_fill, OUT_OF_BOUNDS, out of bounds table access",
    "indirect_type, INDIRECT_CALL, indirect call type mismatch",
    "indirect_null, INDIRECT_CALL, uninitialized element",
    "indirect_outside, INDIRECT_CALL, undefined element",
    "recurse, STACK_OVERFLOW, call depth limit reached",
  })
  void trapsByKind(String entry, TrapKind kind, String message) {
    ExecutionResult.Trapped trapped =
        assertInstanceOf(
            ExecutionResult.Trapped.class, Guests.run(VM, "traps", entry, Guests.AMPLE));
    assertEquals(kind, trapped.kind());
    assertEquals(message, trapped.message());
  }

  @ParameterizedTest
  @CsvSource({"load_last", "indirect_ok"})
  void doesNotTrapWithinBounds(String entry) {
    assertInstanceOf(ExecutionResult.Exited.class, Guests.run(VM, "traps", entry, Guests.AMPLE));
  }

  @ParameterizedTest
  @CsvSource({"endless", "endless_empty_blocks"})
  void endlessLoopsRunOutOfFuel(String entry) {
    long fuel = 50_000_000;
    ExecutionResult result = Guests.run(VM, "traps", entry, new Limits(fuel, 1 << 20, 100));
    assertEquals(
        new ExecutionResult.Trapped(TrapKind.OUT_OF_FUEL, "fuel limit reached", fuel), result);
  }

  @Test
  void initialMemoryBeyondTheLimitTraps() {
    ExecutionResult result =
        Guests.run(VM, "initial", "_start", new Limits(1000, 99 * 65_536, 100));
    assertEquals(
        new ExecutionResult.Trapped(
            TrapKind.OUT_OF_MEMORY, "initial memory of 100 pages exceeds the limit of 99 pages", 0),
        result);
    assertEquals(
        new ExecutionResult.Exited(0, 0),
        Guests.run(VM, "initial", "_start", new Limits(1000, 100 * 65_536, 100)));
  }
}
