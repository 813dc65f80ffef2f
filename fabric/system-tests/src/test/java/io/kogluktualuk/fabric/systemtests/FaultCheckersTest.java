package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// The checkers of the fault suite accept what is right and nothing else.
class FaultCheckersTest {

  /// The fast check against a search through all orders (Wing and Gong, "Testing and verifying
  /// concurrent objects", JPDC 1993), on short random histories, most of which are wrong.
  @Test
  void theMemoCheckAgreesWithASearch() {
    int[] right = new int[2];
    Seeds.run(
        FaultCheckersTest.class,
        20_000,
        random -> {
          List<Step> steps = randomMemos(random);
          boolean expected = isLinearizable(steps, "");
          assertEquals(expected, MemoChecker.check(steps).isEmpty(), steps::toString);
          right[expected ? 1 : 0]++;
        });
    assertTrue(right[0] > 0 || right[1] > 0);
  }

  private static List<Step> randomMemos(RandomGenerator random) {
    List<Step> steps = new ArrayList<>();
    int count = random.nextInt(1, 6);
    for (int i = 0; i < count; i++) {
      long asked = random.nextLong(20);
      long ended = asked + random.nextLong(1, 10);
      boolean isRecord = random.nextBoolean();
      String value = "v" + random.nextInt(3);
      String own = "v" + i;
      Step.Fate fate = random.nextInt(4) == 0 ? Step.Fate.OPEN : Step.Fate.DONE;
      String answer =
          isRecord
              ? random.nextBoolean() ? MemoChecker.FIRST : MemoChecker.KEPT + value
              : random.nextBoolean() ? MemoChecker.MISS : MemoChecker.HIT + value;
      steps.add(
          new Step(
              isRecord ? Step.Kind.RECORD : Step.Kind.LOOKUP,
              "k",
              isRecord ? own : "",
              asked,
              ended,
              fate,
              fate == Step.Fate.OPEN ? "" : answer));
    }
    return steps;
  }

  private static boolean isLinearizable(List<Step> left, String state) {
    if (left.stream().noneMatch(step -> step.fate() == Step.Fate.DONE)) {
      return true;
    }
    for (Step next : left) {
      boolean isPreceded =
          left.stream()
              .anyMatch(
                  other ->
                      other.fate() == Step.Fate.DONE && other.endedNanos() < next.askedNanos());
      String after = isPreceded ? null : apply(next, state);
      if (after != null) {
        List<Step> rest = new ArrayList<>(left);
        rest.remove(next);
        if (isLinearizable(rest, after)) {
          return true;
        }
      }
    }
    return false;
  }

  private static @org.jspecify.annotations.Nullable String apply(Step step, String state) {
    boolean isDone = step.fate() == Step.Fate.DONE;
    if (step.kind() == Step.Kind.LOOKUP) {
      String expected = state.isEmpty() ? MemoChecker.MISS : MemoChecker.HIT + state;
      return !isDone || step.answer().equals(expected) ? state : null;
    }
    String value = state.isEmpty() ? step.sent() : state;
    String expected =
        state.isEmpty() || state.equals(step.sent()) ? MemoChecker.FIRST : MemoChecker.KEPT + state;
    return !isDone || step.answer().equals(expected) ? value : null;
  }

  @Test
  void aLostMemoIsSeen() {
    List<Step> steps =
        List.of(
            step(Step.Kind.RECORD, "a", 0, 1, MemoChecker.FIRST),
            step(Step.Kind.LOOKUP, "", 2, 3, MemoChecker.MISS));
    assertFalse(MemoChecker.check(steps).isEmpty());
  }

  @Test
  void aRootThatIsCountedTwiceFromOneRevisionIsSeen() {
    List<Step> right =
        List.of(
            step(Step.Kind.SET_ROOT, "0 1", 0, 1, "5"),
            step(Step.Kind.GET_ROOT, "", 2, 3, "5 1"),
            step(Step.Kind.SET_ROOT, "5 2", 4, 5, "9"));
    assertEquals(List.of(), RootChecker.check(right));
    List<Step> twice = new ArrayList<>(right);
    twice.add(step(Step.Kind.SET_ROOT, "5 2", 6, 7, "11"));
    assertFalse(RootChecker.check(twice).isEmpty());
    List<Step> stale = new ArrayList<>(right);
    stale.add(step(Step.Kind.GET_ROOT, "", 6, 7, "5 1"));
    assertFalse(RootChecker.check(stale).isEmpty());
    List<Step> unknown = new ArrayList<>(right);
    unknown.add(step(Step.Kind.GET_ROOT, "", 6, 7, "12 7"));
    assertFalse(RootChecker.check(unknown).isEmpty());
  }

  private static Step step(Step.Kind kind, String sent, long asked, long ended, String answer) {
    return new Step(kind, "k", sent, asked, ended, Step.Fate.DONE, answer);
  }
}
