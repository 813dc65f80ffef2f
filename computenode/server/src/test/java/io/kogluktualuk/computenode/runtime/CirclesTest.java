package io.kogluktualuk.computenode.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kogluktualuk.computenode.api.RunReport;
import java.util.ArrayList;
import java.util.List;
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
}
