package io.kogluktualuk.computenode.vm.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.vm.machine.LinearMemory;
import io.kogluktualuk.computenode.vm.run.Guests.Told;
import io.kogluktualuk.fabric.units.ByteCount;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// A guest finds nothing of those before it in its instance, and the pool keeps within its bounds.
final class InstancePoolTest {

  private static final ByteCount ROOMY = ByteCount.mebibytes(64);
  private static final Limits LIMITS = new Limits(5_000_000, 16 << 16, 500);
  private static final long LEAST = 3 << 16;

  /// Each leaves something else behind, or the same in another way.
  private static final List<String> ENTRIES =
      List.of(
          "returns",
          "falls",
          "exits",
          "divides",
          "spins",
          "sparse",
          "elsewhere",
          "sparse",
          "grown",
          "unchanged",
          "near",
          "sparse",
          "near",
          "recurs",
          "grown",
          "elsewhere",
          "returns");

  private static Vm vm(ByteCount bytes, int count) {
    return Vm.open(VmSettings.defaults().withPool(bytes, count));
  }

  private static Program<Told> untidy(Vm vm) {
    return vm.compile(Guests.wasm("untidy")).link(Guests.HOST);
  }

  private static String run(Program<Told> program, String entry) {
    Told told = new Told();
    ExecutionResult result = program.prepare(told, LIMITS).run(entry);
    return result + " told " + told.numbers;
  }

  @Test
  void aGuestFindsNothingOfThoseBeforeIt() {
    try (Vm pooled = vm(ROOMY, 8);
        Vm fresh = vm(ROOMY, 0)) {
      Program<Told> program = untidy(pooled);
      int runs = 0;
      for (int round = 0; round < 6; round++) {
        for (String entry : ENTRIES) {
          String expected = run(untidy(fresh), entry);
          assertEquals(expected, run(program, entry), () -> entry + " after others");
          runs++;
        }
      }
      assertEquals(runs - 1, pooled.pool().hits());
      assertEquals(1, pooled.pool().misses());
      assertEquals(0, fresh.pool().hits());
    }
  }

  @Test
  void anInstanceInAMemoryThatWasLeftIsAsOneThatIsNew() {
    try (Vm vm = vm(ROOMY, 0)) {
      Program<Told> program = untidy(vm);
      MachineGuest<Told> fresh = fresh(program);
      fresh.instantiate(100);
      SortedMap<String, String> expected = InstanceState.of(fresh, 2);
      LinearMemory left = fresh.leave();
      for (String entry : ENTRIES) {
        MachineGuest<Told> used = used(program, Objects.requireNonNull(left));
        used.instantiate(100);
        assertEquals(expected, InstanceState.of(used, 2), () -> "before " + entry);
        try {
          used.call(entry, 100);
        } catch (GuestTrap | GuestExit _) {
          // Most end in this way.
        }
        left = used.leave();
      }
    }
  }

  @SuppressWarnings("unchecked") // It is made for this program.
  private static MachineGuest<Told> fresh(Program<Told> program) {
    return (MachineGuest<Told>)
        program.module().code().prepare(program, new Told(), 16, new Meter(5_000_000));
  }

  @SuppressWarnings("unchecked") // It is made for this program.
  private static MachineGuest<Told> used(Program<Told> program, LinearMemory left) {
    MachineCode code = (MachineCode) program.module().code();
    return (MachineGuest<Told>) code.prepare(program, new Told(), 16, new Meter(5_000_000), left);
  }

  @Test
  void guestsMayHaveLessMemoryThanThoseBefore() {
    try (Vm vm = vm(ROOMY, 8)) {
      Program<Told> program = untidy(vm);
      String _ = run(program, "returns");
      for (int pages = 3; pages < 9; pages++) {
        Told told = new Told();
        ExecutionResult _ =
            program.prepare(told, new Limits(5_000_000, (long) pages << 16, 500)).run("grown");
        assertEquals(3L, told.numbers.getFirst(), "pages at first");
        // It asks for two more: what is read at the end of the memory is 0 at first.
        assertEquals(0L, told.numbers.getLast());
      }
      assertEquals(6, vm.pool().hits());
      ExecutionResult tooSmall =
          program.prepare(new Told(), new Limits(5_000_000, 2 << 16, 500)).run("sparse");
      assertEquals(TrapKind.OUT_OF_MEMORY, ((ExecutionResult.Trapped) tooSmall).kind());
    }
  }

  @Test
  void whatTheHostBreaksOffIsNotUsedAgain() {
    HostImports<Told> failing =
        HostImports.<Told>builder()
            .function(
                "host",
                "number",
                "I>",
                (_, _, _) -> {
                  throw new IllegalStateException("the host's own");
                })
            .function("host", "exit", "i>", (_, _, _) -> 0)
            .build();
    try (Vm vm = vm(ROOMY, 8)) {
      Program<Told> program = vm.compile(Guests.wasm("untidy")).link(failing);
      assertThrows(
          IllegalStateException.class, () -> program.prepare(new Told(), LIMITS).run("returns"));
      assertEquals(0, vm.pool().waiting());
    }
  }

  @Test
  void aModuleWhoseSegmentsDoNotFitLeavesNothing() {
    byte[] wasm =
        ModuleBytes.withType()
            .section(3, ModuleBytes.part().put(1, 0))
            .section(5, ModuleBytes.part().put(1, 0, 1))
            .section(7, ModuleBytes.part().put(1, 6, '_', 's', 't', 'a', 'r', 't', 0, 0))
            .section(10, ModuleBytes.part().put(1, 2, 0, 0x0B))
            .section(11, ModuleBytes.part().put(1, 0, 0x41).signed(65_535).put(0x0B, 2, 1, 1))
            .toBytes();
    try (Vm vm = vm(ROOMY, 8)) {
      Program<Told> program = vm.compile(wasm).link(Guests.HOST);
      for (int i = 0; i < 2; i++) {
        ExecutionResult result = program.prepare(new Told(), LIMITS).run();
        assertEquals(TrapKind.OUT_OF_BOUNDS, ((ExecutionResult.Trapped) result).kind());
      }
      assertEquals(0, vm.pool().waiting());
    }
  }

  // ---- bounds ------------------------------------------------------------------------------

  @Test
  void theOldestGoFirst() {
    try (Vm vm = vm(ROOMY, 2)) {
      Program<Told> first = untidy(vm);
      Program<Told> second = vm.compile(Guests.wasm("memory")).link(Guests.HOST);
      Program<Told> third = vm.compile(Guests.wasm("start")).link(Guests.HOST);
      String _ = run(first, "sparse");
      String _ = run(second, "grow");
      String _ = run(third, "_start");
      assertEquals(2, vm.pool().waiting());
      String _ = run(second, "grow");
      String _ = run(third, "_start");
      assertEquals(2, vm.pool().hits());
      String _ = run(first, "sparse");
      assertEquals(2, vm.pool().hits(), "it was dropped");
      String _ = run(third, "_start");
      assertEquals(3, vm.pool().hits(), "used after the other");
    }
  }

  @Test
  void bytesAreBounded() {
    try (Vm vm = vm(new ByteCount(8 * LEAST + 4_096), 100)) {
      Program<Told> program = untidy(vm);
      String _ = run(program, "returns");
      assertEquals(0, vm.pool().waiting(), "it has grown beyond an eighth");
    }
    ByteCount most = ByteCount.mebibytes(2);
    try (Vm vm = vm(most, 100)) {
      for (int i = 0; i < 30; i++) {
        // A section of its own makes each another module.
        byte[] wasm = Guests.wasm("untidy");
        byte[] other = Arrays.copyOf(wasm, wasm.length + 4);
        System.arraycopy(new byte[] {0, 2, 1, (byte) i}, 0, other, wasm.length, 4);
        String _ = run(vm.compile(other).link(Guests.HOST), "idle");
        assertTrue(vm.pool().bytes() <= most.bytes(), () -> "" + vm.pool());
      }
      assertTrue(vm.pool().waiting() > 1 && vm.pool().waiting() < 30, () -> "" + vm.pool());
    }
  }

  @Test
  void aClosedMachineKeepsNone() {
    Vm vm = vm(ROOMY, 8);
    Program<Told> program = untidy(vm);
    String _ = run(program, "sparse");
    vm.close();
    assertEquals(0, vm.pool().waiting());
    String _ = run(program, "sparse");
    assertEquals(0, vm.pool().waiting());
    assertEquals(0, vm.pool().bytes());
  }

  @Test
  void manyGuestsAtOnceHaveAnInstanceEach() throws Exception {
    try (Vm vm = vm(ROOMY, 3);
        ExecutorService threads = Executors.newFixedThreadPool(6)) {
      Program<Told> program = untidy(vm);
      String expected = run(program, "sparse");
      String fallen = run(program, "falls");
      List<Callable<String>> all = new ArrayList<>();
      for (int i = 0; i < 120; i++) {
        String entry = i % 3 == 0 ? "falls" : "sparse";
        all.add(() -> run(program, entry));
      }
      List<Future<String>> results = threads.invokeAll(all);
      for (int i = 0; i < results.size(); i++) {
        assertEquals(i % 3 == 0 ? fallen : expected, results.get(i).get());
      }
      assertTrue(vm.pool().waiting() <= 3, () -> "" + vm.pool());
      assertEquals(122, vm.pool().hits() + vm.pool().misses());
    }
  }
}
