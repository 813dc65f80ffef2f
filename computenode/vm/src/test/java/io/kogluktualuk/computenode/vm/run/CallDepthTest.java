package io.kogluktualuk.computenode.vm.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The largest call depth fits the stack that threads have by default, in interpreted and compiled
/// code, with small frames and large ones.
final class CallDepthTest {

  private static final Vm VM = Vm.open(VmSettings.defaults());

  @ParameterizedTest
  @CsvSource({"small", "many_parameters", "many_locals", "deep_operands", "long_code", "indirect"})
  void reachesTheLimitOnAVirtualThread(String entry) throws Exception {
    Limits limits = new Limits(10_000_000_000L, 1 << 20, Limits.CALL_DEPTH_MAX);
    Set<ExecutionResult> results = new HashSet<>();
    try (var guests = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 200; i++) {
        Future<ExecutionResult> result =
            guests.submit(() -> Guests.run(VM, "depth", entry, limits));
        results.add(result.get());
      }
    }
    assertEquals(1, results.size(), results::toString);
    ExecutionResult.Trapped trapped = (ExecutionResult.Trapped) results.iterator().next();
    assertEquals(TrapKind.STACK_OVERFLOW, trapped.kind(), trapped::toString);
  }
}
