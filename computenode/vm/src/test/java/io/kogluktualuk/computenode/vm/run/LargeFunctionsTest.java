package io.kogluktualuk.computenode.vm.run;

import static io.kogluktualuk.computenode.vm.run.ModuleBytes.part;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/// Functions beyond what the JVM takes as a method are cut, not refused, and do the same.
final class LargeFunctionsTest {

  private static final Limits LIMITS = new Limits(10_000_000, 1 << 20, 1000);

  private static byte[] module(ModuleBytes body) {
    return ModuleBytes.withType()
        .section(3, part().put(1, 0))
        .section(7, part().put(1, 1, 'f', 0, 0))
        .section(10, part().put(1).leb(body.toBytes().length).put(body))
        .toBytes();
  }

  private static ExecutionResult run(Mode mode, byte[] wasm) {
    return mode.compile(wasm).link(Guests.HOST).prepare(new Guests.Told(), LIMITS).run("f");
  }

  private static void agree(ExecutionResult expected, byte[] wasm) {
    assertEquals(expected, run(Mode.COMPILED, wasm));
    assertEquals(expected, run(Mode.REFERENCE, wasm));
  }

  @Test
  void straightCodeOfAnyLength() {
    int pairs = 100_000;
    byte[] wasm = module(part().put(0).repeat(pairs, 0x41, 0, 0x1A).put(0x0B));
    agree(new ExecutionResult.Exited(0, 2 * pairs), wasm);
  }

  /// More targets than a switch of the JVM has room for, some of them in later constants.
  @Test
  void aBranchOfManyThousandTargets() {
    int targets = 40_000;
    ModuleBytes body = part().put(2, 1, 0x7F, 1, 0x7E, 0x03, 0x40, 0x02, 0x40, 0x02, 0x40, 0x02);
    body.put(0x40, 0x20, 0, 0x0E).leb(targets);
    for (int i = 0; i < targets; i++) {
      body.leb((i * 7 + i / 5) % 3);
    }
    // What each target does to a number tells them apart; every 13th is tried, beyond the end too.
    body.put(2, 0x0B, 0x20, 1, 0x42, 3, 0x7C, 0x21, 1, 0x0B);
    body.put(0x20, 1, 0x42, 5, 0x7E, 0x21, 1, 0x0B);
    body.put(0x20, 1, 0x20, 0, 0xAC, 0x85, 0x21, 1);
    body.put(0x20, 0, 0x41, 13, 0x6A, 0x22, 0, 0x41).signed(64_000).put(0x48, 0x0D, 0, 0x0B);
    body.put(0x20, 1, 0x42, 4, 0x89, 0xA7, 0x41, 1, 0x71, 0x04, 0x40, 0x00, 0x0B, 0x0B);
    byte[] wasm = module(body);
    agree(run(Mode.REFERENCE, wasm), wasm);
  }

  /// As compilers write a `switch`: a block for each case, the dispatch in the innermost.
  @Test
  void aSwitchOfAThousandCasesInALoop() {
    int cases = 1000;
    ModuleBytes body = part().put(1, 2, 0x7F, 0x03, 0x40);
    body.repeat(cases + 1, 0x02, 0x40);
    body.put(0x20, 0, 0x0E).leb(cases);
    for (int i = 0; i <= cases; i++) {
      body.leb(i);
    }
    body.put(0x0B);
    for (int i = 0; i < cases; i++) {
      // Case i adds i to the sum, some with more code, and goes on behind all cases.
      body.put(0x20, 1, 0x41).signed(i).put(0x6A, 0x21, 1);
      body.repeat(i % 40, 0x20, 1, 0x41, 1, 0x73, 0x21, 1);
      body.put(0x0C).leb(cases - 1 - i).put(0x0B);
    }
    body.put(0x20, 0, 0x41, 1, 0x6A, 0x22, 0, 0x41).signed(2 * cases).put(0x48, 0x0D, 0, 0x0B);
    // The sum decides whether this traps, so that it is seen.
    body.put(0x20, 1, 0x45, 0x04, 0x40, 0x00, 0x0B, 0x0B);
    byte[] wasm = module(body);
    agree(run(Mode.REFERENCE, wasm), wasm);
    assertEquals(ExecutionResult.Exited.class, run(Mode.COMPILED, wasm).getClass());
  }
}
