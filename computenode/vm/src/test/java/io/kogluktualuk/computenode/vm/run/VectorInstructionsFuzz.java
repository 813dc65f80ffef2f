package io.kogluktualuk.computenode.vm.run;

import static io.kogluktualuk.computenode.vm.run.ModuleBytes.part;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kogluktualuk.computenode.vm.module.VectorInstructions;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Every vector instruction on random operands gives the same in every mode, bit for bit.
final class VectorInstructionsFuzz {

  private static final int RUNS = 60;
  private static final int RESULTS = 4096;

  @Test
  void thereAreAll236() {
    assertEquals(236, GuestVectors.ALL.size());
    assertEquals(22, GuestVectors.ALL.stream().filter(VectorInstructions::isAccess).count());
  }

  @Test
  void theModesAgreeOnEachOfThem() {
    Seeds.run(VectorInstructionsFuzz.class, RUNS, this::compare);
  }

  private void compare(RandomGenerator random) {
    byte[] wasm = module(random);
    byte[] expected = run(Mode.REFERENCE, wasm);
    byte[] found = run(Mode.COMPILED, wasm);
    for (int number : GuestVectors.ALL) {
      assertEquals(result(expected, number), result(found, number), () -> "instruction " + number);
    }
    assertEquals(HexFormat.of().formatHex(expected), HexFormat.of().formatHex(found));
  }

  private static String result(byte[] memory, int number) {
    int start = RESULTS + 16 * number;
    return HexFormat.of().formatHex(memory, start, start + 16);
  }

  /// A function that applies each instruction and leaves its result in memory.
  private static byte[] module(RandomGenerator random) {
    ModuleBytes body = part().put(0);
    GuestVectors vectors =
        new GuestVectors(
            random,
            type -> GuestBody.constant(body, type, random),
            () -> body.put(0x41).signed(random.nextInt(2048)),
            body);
    for (int number : GuestVectors.ALL) {
      int result = GuestVectors.result(number);
      if (result != GuestVectors.NONE) {
        body.put(0x41).signed(RESULTS + 16 * number);
      }
      vectors.write(number);
      switch (result) {
        case GuestVectors.NONE -> {}
        case GuestGenerator.I32 -> body.put(0x36, 0, 0);
        case GuestGenerator.I64 -> body.put(0x37, 0, 0);
        case GuestGenerator.F32 -> body.put(0x38, 0, 0);
        case GuestGenerator.F64 -> body.put(0x39, 0, 0);
        default -> body.put(0xFD, 11, 0, 0);
      }
    }
    body.put(0x0B);
    return ModuleBytes.withType()
        .section(3, part().put(1, 0))
        .section(5, part().put(1, 0, 2))
        .section(7, part().put(1, 1, 'f', 0, 0))
        .section(10, part().put(1).leb(body.toBytes().length).put(body))
        .toBytes();
  }

  private static byte[] run(Mode mode, byte[] wasm) {
    Program<Guests.Told> program = mode.compile(wasm).link(Guests.HOST);
    EngineGuest guest =
        program.module().code().prepare(program, new Guests.Told(), 2, new Meter(1_000_000));
    guest.instantiate(100);
    guest.call("f", 100);
    byte[] bytes = new byte[2 << 16];
    guest.memory().get(0, bytes, 0, bytes.length);
    return bytes;
  }
}
