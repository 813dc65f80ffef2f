package io.kogluktualuk.computenode.vm.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Fuel is exact, and ends where it ends, every time. The sums are in `fuel.wat`.
final class FuelTest {

  private static final Vm VM = Vm.open(VmSettings.defaults());

  @ParameterizedTest
  @CsvSource({
    "nothing, 0",
    "straight, 4",
    "ten_turns, 70",
    "call, 3",
    "if_taken, 4",
    "if_not_taken, 5",
    "table_second, 4",
    "early_return, 3",
    "branch_out, 2",
    "host_charge, 1003",
    "copy_bytes, 14",
    "fill_bytes, 24",
    "grow_one, 259",
    "grow_refused, 3",
    "table_grow, 9",
    "table_grow_refused, 54",
  })
  void chargesExactly(String entry, long fuel) {
    assertEquals(new ExecutionResult.Exited(0, fuel), Guests.run(VM, "fuel", entry, Guests.AMPLE));
    // Exactly enough is enough, and one less is not.
    assertEquals(new ExecutionResult.Exited(0, fuel), Guests.run(VM, "fuel", entry, limits(fuel)));
    if (fuel > 0) {
      assertEquals(outOfFuel(fuel - 1), Guests.run(VM, "fuel", entry, limits(fuel - 1)));
    }
  }

  @Test
  void chargesUpToTheExit() {
    assertEquals(
        new ExecutionResult.Exited(5, 4), Guests.run(VM, "fuel", "exit_midway", Guests.AMPLE));
  }

  @ParameterizedTest
  @CsvSource({
    "trap_midway, 7",
    "trap_inside, 6",
    "loop_then_trap, 7001",
    "long_loop_then_trap, 21000001",
    "slices_before_trap, 42000004",
  })
  void knowsTheFuelOfATrap(String entry, long fuel) {
    assertEquals(fuel, Guests.run(VM, "fuel", entry, Guests.AMPLE).fuelUsed());
    assertInstanceOf(ExecutionResult.Trapped.class, Guests.run(VM, "fuel", entry, Guests.AMPLE));
  }

  @Test
  void chargesRecursionExactly() {
    // fib(n) makes 2 fib(n+1) - 1 calls; a leaf costs 5, an inner one 13.
    long calls = 21_891;
    long leaves = 10_946;
    long fuel = leaves * 5 + (calls - leaves) * 13 + 3;
    assertEquals(
        new ExecutionResult.Exited(0, fuel), Guests.run(VM, "fuel", "fib20", Guests.AMPLE));
  }

  @Test
  void endsAtTheSamePointInEveryRun() throws InterruptedException, ExecutionException {
    Limits limits = limits(40_000_000);
    List<Future<ExecutionResult>> runs = new ArrayList<>();
    try (ExecutorService guests = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 8; i++) {
        runs.add(guests.submit(() -> Guests.run(VM, "fuel", "fib40", limits)));
      }
    }
    for (Future<ExecutionResult> run : runs) {
      assertEquals(outOfFuel(limits.fuel()), run.get());
    }
  }

  private static Limits limits(long fuel) {
    return new Limits(fuel, 64L << 20, 1000);
  }

  private static ExecutionResult outOfFuel(long limit) {
    return new ExecutionResult.Trapped(TrapKind.OUT_OF_FUEL, "fuel limit reached", limit);
  }
}
