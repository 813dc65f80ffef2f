package io.kogluktualuk.rdma.transport.rpc;

import static io.kogluktualuk.rdma.transport.rpc.Calls.in;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The places of calls in flight.
@Timeout(60)
class CallTableTest {

  private static Frame answer(int bytes) {
    return new Frame().of(Frame.RESPONSE, (short) 0, 0, 0).carrying(new byte[bytes], 0, bytes);
  }

  private static PendingCall take(CallTable table) throws InterruptedException {
    PendingCall call = table.take(in(10_000));
    assertNotNull(call);
    return call;
  }

  @Test
  void allPlacesAreLentOnceAndComeBack() throws Exception {
    CallTable table = new CallTable();
    for (int round = 0; round < 3; round++) {
      List<PendingCall> taken = new ArrayList<>();
      for (int i = 0; i < PendingCall.PLACES; i++) {
        taken.add(take(table));
      }
      assertEquals(PendingCall.PLACES, taken.stream().distinct().count());
      assertNull(table.take(in(1)));
      taken.forEach(table::giveBack);
      assertEquals(0, table.inFlight());
    }
  }

  @Test
  void manyThreadsNeverShareAPlace() throws Exception {
    CallTable table = new CallTable();
    Set<PendingCall> lent = ConcurrentHashMap.newKeySet();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < 2000; thread++) {
        all.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 100; i++) {
                    PendingCall call = take(table);
                    assertTrue(lent.add(call));
                    assertTrue(lent.remove(call));
                    table.giveBack(call);
                  }
                  return true;
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    assertEquals(0, table.inFlight());
  }

  @Test
  void anAnswerToAnEarlierCallChangesNothing() throws Exception {
    CallTable table = new CallTable();
    PendingCall call = take(table);
    long first = call.begin();
    assertFalse(call.await(in(1)));
    assertFalse(call.answer(first, answer(3)), "it came too late");
    table.giveBack(call);
    assertEquals(call, take(table));
    long second = call.begin();
    assertEquals(call.place, PendingCall.placeOf((int) second));
    assertFalse(call.answer(first, answer(3)), "another call has the place");
    assertTrue(call.answer(second, answer(5000)));
    assertTrue(call.await(in(10_000)));
    assertEquals(5000, call.answerLength);
    table.giveBack(call);
    assertTrue(call.answer.length < 5000, "large answers are not kept");
  }

  @Test
  void aLossEndsCallsThatWaitAndNoOthers() throws Exception {
    CallTable table = new CallTable();
    PendingCall answered = take(table);
    PendingCall waiting = take(table);
    assertTrue(answered.answer(answered.begin(), answer(1)));
    waiting.begin();
    table.loseAll("gone");
    assertTrue(answered.await(in(10_000)));
    assertNull(answered.lossReason);
    assertTrue(waiting.await(in(10_000)));
    assertEquals("gone", waiting.lossReason);
  }

  /// An outcome and a deadline that meet: either the outcome is taken, or it is refused.
  @Test
  void anOutcomeIsTakenOrRefusedNeverLost() throws Exception {
    CallTable table = new CallTable();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 3000; i++) {
        PendingCall call = take(table);
        long id = call.begin();
        Future<Boolean> brought = threads.submit(() -> call.answer(id, answer(8)));
        boolean isTaken = call.await(in(0));
        assertEquals(isTaken, brought.get());
        table.giveBack(call);
      }
    }
  }
}
