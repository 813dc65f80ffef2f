package io.kogluktualuk.paxoslog.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// One question at a time, and never an answer to a question asked too early.
final class CoalescedTest {

  private final Deque<CompletableFuture<Integer>> asked = new ArrayDeque<>();

  private CompletableFuture<Integer> ask() {
    CompletableFuture<Integer> question = new CompletableFuture<>();
    asked.add(question);
    return question;
  }

  @Test
  void whoComesWhileOneIsUnderWayGetsTheNextTogether() {
    Coalesced<Integer> coalesced = new Coalesced<>(this::ask);
    CompletableFuture<Integer> first = coalesced.ask();
    List<CompletableFuture<Integer>> later = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      later.add(coalesced.ask());
    }
    assertEquals(1, asked.size());
    asked.remove().complete(1);
    assertEquals(1, first.join());
    assertTrue(later.stream().noneMatch(CompletableFuture::isDone));
    assertEquals(1, asked.size(), "one question for ten");
    asked.remove().complete(2);
    later.forEach(each -> assertEquals(2, each.join()));
    assertTrue(asked.isEmpty());
  }

  @Test
  void aFailureIsOfThoseWhoWaitedForIt() {
    Coalesced<Integer> coalesced = new Coalesced<>(this::ask);
    CompletableFuture<Integer> first = coalesced.ask();
    CompletableFuture<Integer> second = coalesced.ask();
    asked.remove().completeExceptionally(new IllegalStateException("no leader"));
    assertTrue(first.isCompletedExceptionally());
    assertFalse(second.isDone());
    asked.remove().complete(2);
    assertEquals(2, second.join());
    CompletableFuture<Integer> third = coalesced.ask();
    asked.remove().complete(3);
    assertEquals(3, third.join());
  }

  @Test
  void answersThatAreThereAtOnceNeedNoStack() {
    int[] count = new int[1];
    Coalesced<Integer> coalesced =
        new Coalesced<>(() -> CompletableFuture.completedFuture(++count[0]));
    for (int i = 1; i <= 100_000; i++) {
      assertEquals(i, coalesced.ask().join());
    }
  }
}
