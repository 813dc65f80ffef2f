package io.kogluktualuk.computenode.vm.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kogluktualuk.computenode.vm.run.Guests.Told;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Growing, segments, and values across the border.
final class MemoryTest {

  private static final Vm VM = Vm.open(VmSettings.defaults());
  private static final long PAGE = 65_536;

  @Test
  void growsUpToTheLimitAndNotBeyond() {
    Told told = new Told();
    Guests.run(VM, "memory", "grow", new Limits(1_000_000, 2 * PAGE, 100), told);
    assertEquals(List.of(1L, -1L, -1L, 2L, 99L), told.numbers);
  }

  @Test
  void growingStepByStepKeepsTheContent() {
    Told told = new Told();
    ExecutionResult result =
        Guests.run(
            VM, "memory", "grow_step_by_step", new Limits(1_000_000_000, 400 * PAGE, 100), told);
    assertEquals(List.of(400L, 12_345L), told.numbers);
    assertEquals(ExecutionResult.Exited.class, result.getClass());
  }

  @Test
  void theByteAfterTheLastPageIsOutside() {
    Told told = new Told();
    ExecutionResult result =
        Guests.run(VM, "memory", "just_past", new Limits(1_000_000, 100 * PAGE, 100), told);
    assertEquals(List.of(0L), told.numbers);
    assertEquals(
        TrapKind.OUT_OF_BOUNDS, ((ExecutionResult.Trapped) result).kind(), result::toString);
  }

  @Test
  void initialisesSegmentsAndRunsTheStartFunction() {
    for (int i = 0; i < 2; i++) {
      // Twice: what one instance dropped is there for the next.
      Told told = new Told();
      ExecutionResult result = Guests.run(VM, "start", "_start", Guests.AMPLE, told);
      assertEquals(List.of(5L, 42L, 7L), told.numbers);
      assertEquals(TrapKind.OUT_OF_BOUNDS, ((ExecutionResult.Trapped) result).kind());
    }
  }

  @Test
  void passesValuesOfAllTypes() {
    Told told = new Told();
    ExecutionResult result = Guests.run(VM, "values", "_start", Guests.AMPLE, told);
    assertEquals(ExecutionResult.Exited.class, result.getClass());
    assertEquals(
        List.of(2L, 1L, 4L, 3L, Double.doubleToRawLongBits(-1 + 0x1p32 + 0.5 + 0.25)),
        told.numbers);
  }
}
