package io.kogluktualuk.computenode.vm.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.vm.machine.LinearMemory;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Random modules do the same in an instance that others have used as in a new one: what they tell
/// the host, how they end, the fuel they use, and their memory at the end; and the instance is the
/// same afterwards as it was before the first.
final class PooledFuzz {

  private static final int RUNS = 250;
  private static final int GUESTS = 8;

  private int changed;

  @Test
  void aUsedInstanceIsAsGoodAsANewOne() {
    Seeds.run(PooledFuzz.class, RUNS, this::compare);
    assertTrue(changed > RUNS, () -> "only " + changed + " guests changed their memory");
  }

  private void compare(RandomGenerator random) {
    Mode mode = random.nextInt(4) == 0 ? Mode.CHUNKED : Mode.COMPILED;
    Program<Guests.Told> program = mode.compile(GuestGenerator.generate(random)).link(Guests.HOST);
    LinearMemory left = null;
    for (int i = 0; i < GUESTS; i++) {
      Limits limits =
          new Limits(
              random.nextInt(random.nextBoolean() ? 500 : 50_000),
              (long) random.nextInt(1, 5) << 16,
              random.nextInt(1, 60));
      MachineGuest<Guests.Told> fresh = guest(program, limits, null);
      String begun = InstanceState.of(fresh, 1).toString();
      MachineGuest<Guests.Told> used = guest(program, limits, left);
      assertEquals(begun, InstanceState.of(used, 1).toString(), "before guest " + i);
      String expected = run(fresh, limits);
      assertEquals(expected, run(used, limits), "guest " + i + ", " + limits);
      changed += begun.equals(InstanceState.of(used, 1).toString()) ? 0 : 1;
      left = used.leave();
    }
  }

  /// A guest whose segments are placed.
  @SuppressWarnings("unchecked") // It is made for this program.
  private static MachineGuest<Guests.Told> guest(
      Program<Guests.Told> program, Limits limits, @Nullable LinearMemory left) {
    MachineCode code = (MachineCode) program.module().code();
    Guests.Told told = new Guests.Told();
    Meter meter = new Meter(limits.fuel());
    EngineGuest guest =
        left == null
            ? code.prepare(program, told, pages(limits), meter)
            : code.prepare(program, told, pages(limits), meter, left);
    guest.instantiate(limits.callDepth());
    return (MachineGuest<Guests.Told>) guest;
  }

  private static int pages(Limits limits) {
    return (int) (limits.memoryBytes() >> 16);
  }

  private static String run(MachineGuest<Guests.Told> guest, Limits limits) {
    String end;
    try {
      guest.call("run", limits.callDepth());
      end = "Exited";
    } catch (GuestTrap e) {
      end = "Trapped " + e.kind() + " " + e.detail();
    }
    byte[] bytes = new byte[(int) guest.memory().size()];
    guest.memory().get(0, bytes, 0, bytes.length);
    String told = " told " + guest.context().numbers;
    return end + " " + guest.fuelUsed() + told + " memory " + bytes.length + " " + Hash.of(bytes);
  }
}
