package io.kogluktualuk.computenode.vm.run;

import static io.kogluktualuk.computenode.vm.run.ModuleBytes.part;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.ModuleDecoder;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Functions that are left to the interpreter, because they are too large for the JVM, do what
/// compiled ones do, at the same cost: in every mixture of the two.
final class InterpretedFunctionsTest {

  private static final VmSettings SETTINGS = VmSettings.defaults();

  /// Little fuel, since some entries never end, and depth for the interpreter's large frames.
  private static final Limits LIMITS = new Limits(2_000_000, 8 << 20, 200);

  @ParameterizedTest
  @ValueSource(strings = {"traps", "fuel", "memory", "start", "values"})
  void agreeWithCompiledOnes(String name) {
    byte[] wasm = Guests.wasm(name);
    DecodedModule decoded = ModuleDecoder.decode(wasm, wasm.length);
    int functions = decoded.functionTypes().size();
    CompiledModule compiled = compile(wasm, Set.of());
    Seeds.run(
        InterpretedFunctionsTest.class,
        12,
        random -> {
          CompiledModule mixed = compile(wasm, some(decoded.importCount(), functions, random));
          for (String entry : new TreeSet<>(decoded.shape().exports().keySet())) {
            assertEquals(told(compiled, entry), told(mixed, entry), entry);
          }
        });
  }

  private static Set<Integer> some(int first, int end, RandomGenerator random) {
    int ofFour = random.nextInt(1, 5);
    Set<Integer> interpreted = new HashSet<>();
    for (int function = first; function < end; function++) {
      if (random.nextInt(4) < ofFour) {
        interpreted.add(function);
      }
    }
    return interpreted;
  }

  private static CompiledModule compile(byte[] wasm, Set<Integer> interpreted) {
    DecodedModule decoded = ModuleDecoder.decode(wasm, wasm.length);
    return EndiveCompiler.load(
        Hash.of(wasm), decoded, EndiveCompiler.compile(decoded, interpreted));
  }

  private static String told(CompiledModule module, String entry) {
    Guests.Told told = new Guests.Told();
    ExecutionResult result = module.link(Guests.HOST).prepare(told, LIMITS).run(entry);
    return result + " " + told.numbers;
  }

  @Test
  void functionsTooLargeForTheJvmRun() {
    int pairs = 50_000;
    ModuleBytes body = part().put(0).repeat(pairs, 0x41, 0, 0x1A).put(0x0B);
    byte[] wasm =
        ModuleBytes.withType()
            .section(3, part().put(1, 0))
            .section(7, part().put(1, 1, 'f', 0, 0))
            .section(10, part().put(1).leb(body.toBytes().length).put(body))
            .toBytes();
    Program<Guests.Told> program = Vm.open(SETTINGS).compile(wasm).link(Guests.HOST);
    assertEquals(
        new ExecutionResult.Exited(0, 2 * pairs),
        program.prepare(new Guests.Told(), Guests.AMPLE).run("f"));
  }
}
