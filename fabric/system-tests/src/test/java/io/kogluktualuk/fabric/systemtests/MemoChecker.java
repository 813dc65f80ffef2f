package io.kogluktualuk.fabric.systemtests;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Whether what clients saw of the memo index is linearizable, key by key; linearizability is
/// local (Herlihy and Wing, "Linearizability: a correctness condition for concurrent objects",
/// TOPLAS 1990, theorem 1), so all keys together are, if each is.
///
/// A key is a register that is written once: the first record stays, later ones are told of it.
/// Every record of a history writes another value. Then the check is exact without a search (as
/// Gibbons and Korach, "Testing shared memories", SIAM J. Comput. 1997, do for read-mapped
/// histories): all that saw a value saw the same one, its writer is known, and there has to be
/// one instant that lies after the writer was asked and after every miss was asked, and before
/// anything that saw the value had ended. With that instant, misses go before it, in the order in
/// which they were asked, and all else after it.
///
/// **Threading:** stateless.
final class MemoChecker {

  /// Answers of records and look-ups.
  static final String MISS = "miss";

  static final String FIRST = "first";
  static final String SAME = "same";
  static final String KEPT = "kept ";
  static final String HIT = "hit ";

  private MemoChecker() {}

  /// What is wrong with each key that is not right.
  static List<String> check(List<Step> steps) {
    Map<String, List<Step>> byKey = new HashMap<>();
    steps.forEach(step -> byKey.computeIfAbsent(step.key(), _ -> new ArrayList<>()).add(step));
    List<String> problems = new ArrayList<>();
    byKey.forEach(
        (key, own) -> problem(own).ifPresent(what -> problems.add("memo " + key + ": " + what)));
    return problems;
  }

  private static Optional<String> problem(List<Step> steps) {
    String value = null;
    long seenBefore = Long.MAX_VALUE;
    long missedAfter = Long.MIN_VALUE;
    for (Step step : steps) {
      if (step.fate() != Step.Fate.DONE) {
        continue;
      }
      if (step.answer().equals(MISS)) {
        missedAfter = Math.max(missedAfter, step.askedNanos());
        continue;
      }
      if (step.answer().equals(KEPT + step.sent())) {
        return Optional.of(step.line() + " disagrees with itself");
      }
      String seen = valueOf(step);
      if (value != null && !value.equals(seen)) {
        return Optional.of("some saw " + value + ", " + step.line() + " saw another value");
      }
      value = seen;
      seenBefore = Math.min(seenBefore, step.endedNanos());
    }
    return value == null ? Optional.empty() : writerProblem(value, steps, seenBefore, missedAfter);
  }

  private static Optional<String> writerProblem(
      String value, List<Step> steps, long seenBefore, long missedAfter) {
    for (Step step : steps) {
      boolean isWriter = step.kind() == Step.Kind.RECORD && step.sent().equals(value);
      if (isWriter && step.fate() != Step.Fate.REFUSED) {
        return Math.max(step.askedNanos(), missedAfter) <= seenBefore
            ? Optional.empty()
            : Optional.of(
                value
                    + " was seen by "
                    + seenBefore
                    + ", but written after "
                    + step.askedNanos()
                    + " and missed after "
                    + missedAfter);
      }
    }
    return Optional.of(value + " was seen and nobody has written it");
  }

  private static String valueOf(Step step) {
    String answer = step.answer();
    if (answer.equals(FIRST) || answer.equals(SAME)) {
      return step.sent();
    }
    return answer.substring(answer.startsWith(KEPT) ? KEPT.length() : HIT.length());
  }
}
