package io.kogluktualuk.computenode.vm.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Random valid modules do the same in every mode: what they tell the host, how they end, the fuel
/// they use, and their memory at the end.
///
/// A module on which the modes differ is left in the temporary folder.
final class EnginesFuzz {

  private static final int RUNS = 400;
  private final AtomicInteger exited = new AtomicInteger();

  @Test
  void theModesAgree() throws InterruptedException {
    DeepStack.run(() -> Seeds.run(EnginesFuzz.class, RUNS, this::compare));
    assertTrue(exited.get() > RUNS / 20, () -> "only " + exited + " ran to their end");
  }

  private void compare(RandomGenerator random) {
    byte[] wasm = GuestGenerator.generate(random);
    Limits limits =
        new Limits(
            random.nextInt(random.nextBoolean() ? 500 : 50_000), 4 << 16, random.nextInt(1, 60));
    String expected;
    try {
      expected = run(Mode.REFERENCE, wasm, limits);
      if (expected.startsWith("Exited")) {
        exited.incrementAndGet();
      }
      for (Mode mode : new Mode[] {Mode.COMPILED, Mode.CHUNKED}) {
        assertEquals(expected, run(mode, wasm, limits), () -> mode + ", " + limits);
      }
    } catch (RuntimeException | Error e) {
      throw new AssertionError(e + "; the module is " + keep(wasm), e);
    }
  }

  private static Path keep(byte[] wasm) {
    try {
      return Files.write(
          Path.of(
              System.getProperty("java.io.tmpdir"),
              "engines-" + Hash.of(wasm).toShortHex() + ".wasm"),
          wasm);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String run(Mode mode, byte[] wasm, Limits limits) {
    Guests.Told told = new Guests.Told();
    Program<Guests.Told> program = mode.compile(wasm).link(Guests.HOST);
    Meter meter = new Meter(limits.fuel());
    EngineGuest guest =
        program.module().code().prepare(program, told, (int) (limits.memoryBytes() >> 16), meter);
    String end;
    try {
      guest.instantiate(limits.callDepth());
      guest.call("run", limits.callDepth());
      end = "Exited " + meter.settle(guest.cell());
    } catch (GuestTrap e) {
      end = "Trapped " + e.kind() + " " + e.detail() + " " + meter.used(guest.cell());
    } catch (FabricException e) {
      end = "failed " + e;
    }
    GuestMemory memory = ((Guest) guest).memory();
    byte[] bytes = new byte[(int) memory.size()];
    memory.get(0, bytes, 0, bytes.length);
    return end + " told " + told.numbers + " memory " + bytes.length + " " + Hash.of(bytes);
  }
}
