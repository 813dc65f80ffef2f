package io.kogluktualuk.computenode.vm.run;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.vm.run.Guests.Told;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The host can end a guest at any time, and busy guests leave room for others.
final class CancelTest {

  private static final Limits HUGE = new Limits(Limits.FUEL_MAX, 1 << 20, 1000);
  private static final Vm VM = Vm.open(VmSettings.defaults());

  @ParameterizedTest
  @CsvSource({"traps, endless", "traps, endless_empty_blocks", "fuel, fib_forever"})
  void endsAnEndlessGuest(String module, String entry) throws Exception {
    Program<Told> program = VM.compile(Guests.wasm(module)).link(Guests.HOST);
    for (int i = 0; i < 5; i++) {
      Execution<Told> execution = program.prepare(new Told(), HUGE);
      CountDownLatch begun = new CountDownLatch(1);
      try (ExecutorService guests = Executors.newVirtualThreadPerTaskExecutor()) {
        Future<ExecutionResult> result =
            guests.submit(
                () -> {
                  begun.countDown();
                  return execution.run(entry);
                });
        begun.await();
        long before = System.nanoTime();
        execution.cancel();
        assertInstanceOf(ExecutionResult.Cancelled.class, result.get(10, TimeUnit.SECONDS), entry);
        Duration took = Duration.ofNanos(System.nanoTime() - before);
        assertTrue(took.toMillis() < 1000, () -> "cancelling took " + took);
      }
    }
  }

  @Test
  void aCancelledExecutionDoesNotBegin() {
    Execution<Told> execution =
        VM.compile(Guests.wasm("traps")).link(Guests.HOST).prepare(new Told(), HUGE);
    execution.cancel();
    assertInstanceOf(ExecutionResult.Cancelled.class, execution.run("endless"));
  }

  @Test
  void busyGuestsDoNotStarveOthers()
      throws InterruptedException, ExecutionException, TimeoutException {
    Program<Told> program = VM.compile(Guests.wasm("traps")).link(Guests.HOST);
    int busy = 4 * Runtime.getRuntime().availableProcessors();
    try (ExecutorService guests = Executors.newVirtualThreadPerTaskExecutor()) {
      Execution<?>[] executions = new Execution<?>[busy];
      for (int i = 0; i < busy; i++) {
        Execution<Told> execution = program.prepare(new Told(), HUGE);
        executions[i] = execution;
        guests.submit(() -> execution.run("endless"));
      }
      try {
        for (int i = 0; i < 20; i++) {
          guests.submit(() -> {}).get(10, TimeUnit.SECONDS);
        }
      } finally {
        for (Execution<?> execution : executions) {
          execution.cancel();
        }
      }
    }
  }
}
