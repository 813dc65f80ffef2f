package io.kogluktualuk.computenode.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Thunks that need each other.
@Timeout(120)
class CirclesTest {

  private static final String FAILED = ": errno 29\n";

  @Test
  void aRingThatAllIsReadOfRunsEachOfItsMembersOnce() {
    int members = 200;
    try (Bench bench = new Bench(2)) {
      List<String> argv = new ArrayList<>(List.of("/bin/probe"));
      StringBuilder expected = new StringBuilder();
      for (int i = 0; i < members; i++) {
        bench.thunk("/t" + i, "/bin/probe", "cat", "/t" + (i + 1) % members);
        argv.addAll(List.of("cat", "/t" + i));
        expected.append("cat /t").append(i).append(FAILED);
      }
      RunReport report = bench.run(argv.toArray(String[]::new));
      assertEquals(expected.toString(), bench.text(report.outcome().output()));
      assertEquals(members + 1, report.counters().run(), report.counters().toString());
    }
  }

  @Test
  void thePathOfTheCircleIsNamed() {
    try (Bench bench = new Bench(1)) {
      bench
          .thunk("/one", "/bin/probe", "cat", "/two")
          .thunk("/two", "/bin/probe", "say", "x", "cat", "/three")
          .thunk("/three", "/bin/probe", "cat", "/one");
      RunReport report = bench.run("/bin/probe", "say", "x", "cat", "/three");
      assertEquals(
          "kog: /three: it needs the outcome of this very transaction:"
              + " /bin/probe say x cat /three → /bin/probe cat /one → /bin/probe cat /two"
              + " → /bin/probe say x cat /three\n",
          bench.diagnostics(report));
    }
  }

  /// Each thunk reads some others; a model says who ends at which read.
  @Test
  void whoIsOnACircleDoesNotDependOnTheOrder() {
    Seeds.run(CirclesTest.class, 20, random -> readAll(random, false));
  }

  /// Nor on whether what was known of others is believed.
  @Test
  void whoIsOnACircleIsTheSameAfresh() {
    Seeds.run(CirclesTest.class, 20, random -> readAll(random, true));
  }

  private static void readAll(RandomGenerator random, boolean afresh) {
    int count = 3 + random.nextInt(12);
    int[][] reads = new int[count][];
    try (Bench bench = new Bench(1 + random.nextInt(3))) {
      for (int i = 0; i < count; i++) {
        reads[i] = random.ints(random.nextInt(4), 0, count).toArray();
        List<String> argv = new ArrayList<>(List.of("/bin/probe"));
        for (int read : reads[i]) {
          argv.addAll(List.of("cat", "/t" + read));
        }
        argv.addAll(List.of("say", "" + i));
        bench.thunk("/t" + i, argv.toArray(String[]::new));
      }
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        order.add(random.nextInt(order.size() + 1), i);
      }
      List<String> argv = new ArrayList<>(List.of("/bin/probe"));
      StringBuilder expected = new StringBuilder();
      for (int i : order) {
        argv.addAll(List.of("cat", "/t" + i));
        expected.append(new Model(reads).text(i));
      }
      Transaction transaction = bench.transaction(argv.toArray(String[]::new));
      bench.store.put(List.of(transaction.encode()));
      RunReport report = afresh ? bench.runAfresh(transaction.key()) : bench.run(transaction);
      assertEquals(expected.toString(), bench.text(report.outcome().output()));
      assertEquals(count + 1, report.counters().run(), report.counters().toString());
    }
  }

  /// What reading a thunk gives, by going through what it reads.
  private static final class Model {
    private final int[][] reads;
    private final List<Integer> waiting = new ArrayList<>();
    private final Set<Integer> inCircle = new HashSet<>();

    Model(int[][] reads) {
      this.reads = reads;
    }

    String text(int thunk) {
      String value = value(thunk);
      return value == null ? "cat /t" + thunk + FAILED : value;
    }

    /// Null when it is on a circle.
    private @Nullable String value(int thunk) {
      waiting.add(thunk);
      StringBuilder said = new StringBuilder();
      boolean isWhole = true;
      for (int read : reads[thunk]) {
        if (waiting.contains(read)) {
          inCircle.addAll(waiting.subList(waiting.indexOf(read), waiting.size()));
        } else {
          said.append(text(read));
        }
        if (inCircle.contains(thunk)) {
          isWhole = false;
          break;
        }
      }
      waiting.removeLast();
      return isWhole ? said.append(thunk).append('\n').toString() : null;
    }
  }
}
