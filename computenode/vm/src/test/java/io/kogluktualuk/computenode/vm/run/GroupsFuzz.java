package io.kogluktualuk.computenode.vm.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Two random instances that share functions, globals, a table or a memory do the same in every
/// mode: what they tell the host, how each call ends, the fuel, and both memories at the end.
final class GroupsFuzz {

  private static final int RUNS = 300;
  private static final int CALLS = 3;

  private final AtomicInteger exited = new AtomicInteger();

  @Test
  void theModesAgree() throws InterruptedException {
    DeepStack.run(() -> Seeds.run(GroupsFuzz.class, RUNS, this::compare));
    assertTrue(exited.get() > RUNS / 20, () -> "only " + exited + " calls ran to their end");
  }

  private void compare(RandomGenerator random) {
    List<byte[]> modules = GuestGenerator.generatePair(random);
    Limits limits =
        new Limits(
            random.nextInt(random.nextBoolean() ? 500 : 50_000), 4 << 16, random.nextInt(1, 60));
    long order = random.nextLong();
    String expected = run(Mode.REFERENCE, modules, limits, order);
    if (expected.contains("Exited")) {
      exited.incrementAndGet();
    }
    for (Mode mode : new Mode[] {Mode.COMPILED, Mode.CHUNKED}) {
      assertEquals(expected, run(mode, modules, limits, order), () -> mode + ", " + limits);
    }
  }

  /// @param order a bit for each call says which instance is called
  private static String run(Mode mode, List<byte[]> modules, Limits limits, long order) {
    Guests.Told told = new Guests.Told();
    InstanceGroup<Guests.Told> group = InstanceGroup.of(Guests.HOST, told, limits);
    Member first = group.instantiate(mode.compile(modules.getFirst()));
    group.register("first", first);
    StringBuilder ends = new StringBuilder();
    if ((order & 1) == 0) {
      ends.append(call(group, first));
    }
    Member second = group.instantiate(mode.compile(modules.getLast()));
    for (int i = 1; i <= CALLS; i++) {
      ends.append(call(group, (order >> i & 1) == 0 ? first : second));
    }
    return ends + "told " + told.numbers + memory(first) + memory(second);
  }

  private static String call(InstanceGroup<Guests.Told> group, Member member) {
    try {
      member.call("run");
      return "Exited " + group.fuelUsed() + "\n";
    } catch (GuestTrap e) {
      return "Trapped " + e.kind() + " " + e.detail() + " " + group.fuelUsed() + "\n";
    } catch (FabricException e) {
      return "failed " + e + "\n";
    }
  }

  private static String memory(Member member) {
    byte[] bytes = new byte[(int) member.memory().size()];
    member.memory().get(0, bytes, 0, bytes.length);
    return " memory " + bytes.length + " " + Hash.of(bytes);
  }
}
