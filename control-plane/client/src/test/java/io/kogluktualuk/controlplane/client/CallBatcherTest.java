package io.kogluktualuk.controlplane.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.controlplane.api.Maybe;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.Method;
import io.kogluktualuk.fabric.transaction.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CallBatcherTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Hash KEY = Hash.of(new byte[] {7});

  private final Gate gate = new Gate();
  private final CallBatcher<Hash, Maybe<Outcome>> batcher =
      new CallBatcher<>(gate, ControlMethods.LOOKUP, 10, 1);

  /// Lets calls through one permit at a time and counts what each carried.
  private static final class Gate implements Channel {
    final List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());
    final Semaphore arrived = new Semaphore(0);
    final Semaphore permits = new Semaphore(0);
    volatile @Nullable RuntimeException fault;
    volatile int missing;

    @Override
    @SuppressWarnings("unchecked") // lookups are all that comes
    public <Q, R> R call(Method<Q, R> method, Q request, Deadline deadline) {
      int size = ((List<?>) request).size();
      sizes.add(size);
      arrived.release();
      permits.acquireUninterruptibly();
      RuntimeException thrown = fault;
      if (thrown != null) {
        throw thrown;
      }
      return (R) Collections.nCopies(size - missing, new Maybe<Outcome>(null));
    }

    @Override
    public void close() {}
  }

  private List<Maybe<Outcome>> lookup(int keys, Duration time) {
    return batcher.call(Collections.nCopies(keys, KEY), Deadline.after(time));
  }

  @Test
  void whatComesDuringACallSharesTheNext() throws Exception {
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Maybe<Outcome>>>> answers = new ArrayList<>();
      answers.add(callers.submit(() -> lookup(1, LONG)));
      assertTrue(gate.arrived.tryAcquire(20, TimeUnit.SECONDS));
      for (int i = 0; i < 7; i++) {
        answers.add(callers.submit(() -> lookup(2, LONG)));
      }
      awaitWaiting(7);
      gate.permits.release(100);
      int total = 0;
      for (Future<List<Maybe<Outcome>>> answer : answers) {
        total += answer.get(20, TimeUnit.SECONDS).size();
      }
      assertEquals(15, total);
      assertEquals(List.of(1, 10, 4), gate.sizes);
    }
  }

  @Test
  void moreThanFitsGoesInParts() {
    gate.permits.release(3);
    assertEquals(25, lookup(25, LONG).size());
    assertEquals(List.of(10, 10, 5), gate.sizes);
    assertEquals(0, lookup(0, LONG).size());
  }

  @Test
  void eachOfThoseThatSharedACallHearsItsFault() throws Exception {
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> first = callers.submit(() -> lookup(1, LONG));
      assertTrue(gate.arrived.tryAcquire(20, TimeUnit.SECONDS));
      Future<?> second = callers.submit(() -> lookup(1, LONG));
      Future<?> third = callers.submit(() -> lookup(1, LONG));
      awaitWaiting(2);
      gate.fault = new Conflict("no");
      gate.permits.release(2);
      for (Future<?> call : List.of(first, second, third)) {
        ExecutionException e =
            assertThrows(ExecutionException.class, () -> call.get(20, TimeUnit.SECONDS));
        assertTrue(e.getCause() instanceof Conflict, e.toString());
      }
      assertEquals(2, gate.sizes.size());
    }
  }

  @Test
  void aCallerThatGivesUpLeavesTheOthersTheirTurn() throws Exception {
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> first = callers.submit(() -> lookup(1, LONG));
      assertTrue(gate.arrived.tryAcquire(20, TimeUnit.SECONDS));
      DeadlineExceeded late =
          assertThrows(DeadlineExceeded.class, () -> lookup(3, Duration.ofMillis(5)));
      assertTrue(String.valueOf(late.getMessage()).contains("was not sent"), late.toString());
      Future<?> third = callers.submit(() -> lookup(4, LONG));
      awaitWaiting(1);
      gate.permits.release(2);
      first.get(20, TimeUnit.SECONDS);
      third.get(20, TimeUnit.SECONDS);
      assertEquals(List.of(1, 4), gate.sizes);
    }
  }

  @Test
  void whoIsInterruptedDoesNotTakeOthersAlong() throws Exception {
    CompletableFuture<Throwable> told = new CompletableFuture<>();
    Thread sender =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    lookup(1, LONG);
                    told.complete(new AssertionError("it was answered"));
                  } catch (RuntimeException e) {
                    told.complete(e);
                  }
                });
    assertTrue(gate.arrived.tryAcquire(20, TimeUnit.SECONDS));
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<List<Maybe<Outcome>>> other = callers.submit(() -> lookup(2, LONG));
      awaitWaiting(1);
      sender.interrupt();
      gate.fault = new Conflict("interrupted");
      gate.permits.release();
      assertTrue(told.get(20, TimeUnit.SECONDS) instanceof Conflict);
      assertTrue(gate.arrived.tryAcquire(20, TimeUnit.SECONDS));
      gate.fault = null;
      gate.permits.release();
      assertNull(other.get(20, TimeUnit.SECONDS).getFirst().value());
    }
  }

  @Test
  void anAnswerOfAnotherLengthIsMalformed() {
    gate.missing = 1;
    gate.permits.release();
    assertThrows(MalformedEncoding.class, () -> lookup(3, LONG));
  }

  private void awaitWaiting(int callers) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (batcher.waiting() < callers) {
      assertTrue(System.nanoTime() < end, "not within 20 s");
      Thread.yield();
    }
  }
}
