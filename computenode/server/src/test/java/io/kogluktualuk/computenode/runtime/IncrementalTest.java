package io.kogluktualuk.computenode.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.api.Disposition;
import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// However a namespace is edited, an outcome that is found by the traces of earlier runs is the one
/// that running the program gives, in all its parts; and an edit to what no program looks at runs
/// nothing.
@Timeout(600)
class IncrementalTest {

  private static final int SEEDS = 300;
  private static final int EDITS = 7;

  private final Bench bench = new Bench(2);
  private long found;
  private long unread;
  private long ran;

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void whatIsFoundIsWhatRunningGives() {
    Seeds.run(IncrementalTest.class, SEEDS, this::editAndRun);
    if (System.getProperty("seed", "").isEmpty()) {
      // Most edits are to what a script does look at; the test is none if all are.
      assertTrue(found > SEEDS, found + " outcomes were found");
      // An input that is begun beside one that fails may not have been computed before.
      assertTrue(ran * 100 < unread, ran + " programs ran after " + unread + " edits");
    }
  }

  private void editAndRun(RandomGenerator random) {
    RandomNamespace namespace = new RandomNamespace(bench.store, random);
    bench.programs(namespace::keep);
    List<String> argv = new ArrayList<>(List.of("/bin/probe"));
    argv.addAll(new RandomScript(random).words(4 + random.nextInt(8), 2));
    boolean isUnread = false;
    for (int edit = 0; edit < EDITS; edit++) {
      Transaction transaction = Transaction.of(namespace.write(), argv, Bench.LIMITS);
      RunReport report = bench.run(transaction);
      String what = "edit " + edit + " of " + argv + " in " + namespace;
      assertEquals(bench.runAfresh(transaction.key()).outcome(), report.outcome(), what);
      if (isUnread) {
        assertEquals(Disposition.HIT, report.disposition(), what);
        unread++;
        ran += report.counters().run();
      }
      found += report.counters().run() == 0 ? 1 : 0;
      isUnread = random.nextInt(4) == 0;
      if (isUnread) {
        namespace.editUnread();
      } else {
        namespace.edit();
      }
    }
  }
}
