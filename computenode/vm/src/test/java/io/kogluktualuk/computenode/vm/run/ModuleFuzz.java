package io.kogluktualuk.computenode.vm.run;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Damaged modules: refused in the declared ways, or run to a declared end within their limits.
final class ModuleFuzz {

  private static final List<String> MODULES =
      List.of("traps", "fuel", "memory", "start", "values", "depth", "nan", "nomemory");
  private static final Limits LIMITS = new Limits(3_000_000, 4 << 20, 500);
  private static final long MILLIS_MAX = 10_000;

  private static final Vm VM = Vm.open(VmSettings.defaults());

  @Test
  void damagedModulesEndInDeclaredWays() {
    Seeds.run(ModuleFuzz.class, 1500, ModuleFuzz::compileAndRun);
  }

  private static void compileAndRun(RandomGenerator random) {
    byte[] valid = Guests.wasm(MODULES.get(random.nextInt(MODULES.size())));
    byte[] damaged = Mutations.mutate(valid, random);
    long begun = System.nanoTime();
    try {
      Program<Guests.Told> program = VM.compile(damaged).link(Guests.HOST);
      for (String entry : program.module().shape().exports().keySet()) {
        runTwice(program, entry);
      }
    } catch (MalformedEncoding | InvalidArgument expected) {
      // Refused, as it should be.
    }
    long millis = (System.nanoTime() - begun) / 1_000_000;
    assertTrue(millis < MILLIS_MAX, () -> "took " + millis + " ms");
  }

  private static void runTwice(Program<Guests.Told> program, String entry) {
    ExecutionResult first = run(program, entry);
    ExecutionResult second = run(program, entry);
    assertTrue(first.equals(second), () -> entry + " gave " + first + ", then " + second);
    assertTrue(first.fuelUsed() <= LIMITS.fuel(), first::toString);
  }

  private static ExecutionResult run(Program<Guests.Told> program, String entry) {
    try {
      return program.prepare(new Guests.Told(), LIMITS).run(entry);
    } catch (InvalidArgument expected) {
      return new ExecutionResult.Cancelled(0); // An export that takes or returns something.
    }
  }
}
