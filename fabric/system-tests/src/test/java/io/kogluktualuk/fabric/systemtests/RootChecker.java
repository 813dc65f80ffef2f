package io.kogluktualuk.fabric.systemtests;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Whether roots that clients count up by compare-and-set were counted as they were told.
///
/// `sent` and the answers of reads are `REVISION COUNT`: of a set, the revision that it expects
/// and the count that it writes; the answer of a set is the revision that it made. Revisions of a
/// root grow, so the order of the sets is known, and it remains to check that each follows the
/// one whose revision it expected, that the counts agree, and that nobody saw less than what had
/// ended before he asked.
///
/// **Threading:** stateless.
final class RootChecker {

  private RootChecker() {}

  /// What is wrong with each root that is not right.
  static List<String> check(List<Step> steps) {
    Map<String, List<Step>> byKey = new HashMap<>();
    steps.stream()
        .filter(step -> step.fate() != Step.Fate.REFUSED)
        .forEach(step -> byKey.computeIfAbsent(step.key(), _ -> new ArrayList<>()).add(step));
    List<String> problems = new ArrayList<>();
    byKey.forEach((key, own) -> checkOne("root " + key + ": ", own, problems));
    return problems;
  }

  private static void checkOne(String root, List<Step> steps, List<String> problems) {
    Set<String> taken = new HashSet<>();
    Map<Long, Long> countAt = new HashMap<>();
    for (Step step : steps) {
      if (step.fate() != Step.Fate.DONE) {
        continue;
      }
      boolean isSet = step.kind() == Step.Kind.SET_ROOT;
      String expected = step.sent().split(" ", 2)[0];
      if (isSet && !taken.add(expected)) {
        problems.add(root + "two sets replaced revision " + expected);
      }
      if (isSet && revision(step) <= Long.parseLong(expected)) {
        problems.add(root + step.line() + " made no greater revision");
      }
      Long before = countAt.putIfAbsent(revision(step), count(step));
      if (before != null && before != count(step)) {
        problems.add(root + "revision " + revision(step) + " was " + before + ": " + step.line());
      }
    }
    checkWriters(root, steps, countAt, problems);
    checkOrder(root, steps, problems);
  }

  /// Each count that was seen was sent, by a set that is done or open.
  private static void checkWriters(
      String root, List<Step> steps, Map<Long, Long> countAt, List<String> problems) {
    Set<Long> sent = new HashSet<>(Set.of(0L));
    for (Step step : steps) {
      if (step.kind() == Step.Kind.SET_ROOT) {
        sent.add(Long.parseLong(step.sent().split(" ", 2)[1]));
      }
    }
    countAt.forEach(
        (revision, count) -> {
          if (!sent.contains(count)) {
            problems.add(root + "count " + count + " at " + revision + " was never written");
          }
        });
    long last = 0;
    for (long revision : countAt.keySet().stream().sorted().toList()) {
      long count = countAt.getOrDefault(revision, 0L);
      if (count < last || count == last && count != 0) {
        problems.add(root + "count " + count + " at revision " + revision + " after " + last);
      }
      last = count;
    }
  }

  /// Real time: who asked after another had ended sees at least what that one saw.
  private static void checkOrder(String root, List<Step> steps, List<String> problems) {
    List<Step> done = steps.stream().filter(step -> step.fate() == Step.Fate.DONE).toList();
    List<Step> byEnd = done.stream().sorted(Comparator.comparingLong(Step::endedNanos)).toList();
    List<Step> byAsked = done.stream().sorted(Comparator.comparingLong(Step::askedNanos)).toList();
    int ended = 0;
    long greatest = 0;
    for (Step step : byAsked) {
      while (byEnd.get(ended).endedNanos() < step.askedNanos()) {
        greatest = Math.max(greatest, revision(byEnd.get(ended++)));
      }
      boolean isSet = step.kind() == Step.Kind.SET_ROOT;
      if (revision(step) < greatest || isSet && revision(step) == greatest) {
        problems.add(root + "revision " + greatest + " was seen before " + step.line());
      }
    }
  }

  private static long revision(Step step) {
    return Long.parseLong(step.answer().split(" ", 2)[0]);
  }

  private static long count(Step step) {
    String text = step.kind() == Step.Kind.SET_ROOT ? step.sent() : step.answer();
    return Long.parseLong(text.split(" ", 2)[1]);
  }
}
