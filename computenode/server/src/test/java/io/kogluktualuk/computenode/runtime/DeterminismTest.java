package io.kogluktualuk.computenode.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.computenode.runtime.transaction.Peers;
import io.kogluktualuk.fabric.testkit.InMemoryBlobs;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class DeterminismTest {

  /// Everything that could depend on timing: parallel thunks, failures among them, snapshots,
  /// diagnostics between reads.
  private static Transaction busy(Bench bench) {
    bench.bind("/data/a", "alpha\n").thunk("/slow", "/bin/probe", "spin", "300000", "say", "slow");
    List<String> argv = new ArrayList<>(List.of("/bin/probe", "put", "/tmp/in", "text\n"));
    for (int i = 0; i < 8; i++) {
      argv.addAll(
          List.of(
              "bind",
              "/tmp/whole" + i,
              "7",
              "/bin/probe",
              "spin",
              "" + i * 40_000,
              "cat",
              "/slow",
              "cat",
              "/tmp/in"));
      argv.addAll(
          List.of(
              "need",
              "/tmp/part" + i,
              "3",
              "/bin/probe",
              "/w=/tmp/whole" + i,
              "/s=/slow",
              "7",
              "/bin/probe",
              "cat",
              "/w",
              "spin",
              "" + (8 - i) * 30_000,
              "exit",
              "" + i % 2));
    }
    for (int i = 7; i >= 0; i--) {
      argv.addAll(List.of("cat", "/tmp/part" + i, "err", "read " + i));
    }
    argv.addAll(List.of("ls", "/tmp", "cat", "/data/a", "random"));
    return bench.transaction(argv.toArray(String[]::new));
  }

  @Test
  void theSameTransactionGivesTheSameBitsHoweverItIsScheduled() {
    Set<Outcome> outcomes = new HashSet<>();
    Map<Object, Outcome> all = new HashMap<>();
    for (int i = 0; i < 20; i++) {
      try (Bench bench = new Bench(1 + i % 5)) {
        Transaction busy = busy(bench);
        List<CompletableFuture<RunReport>> runs = new ArrayList<>();
        for (int k = 0; k < 3; k++) {
          runs.add(CompletableFuture.supplyAsync(() -> bench.run(busy)));
        }
        runs.forEach(run -> outcomes.add(run.join().outcome()));
        bench.memos.outcomes.forEach(
            (key, outcome) -> {
              Outcome other = all.putIfAbsent(key, outcome);
              if (other != null) {
                assertEquals(other, outcome, "of " + key);
              }
            });
      }
    }
    assertEquals(1, outcomes.size(), outcomes::toString);
    // The transaction, its 16 thunks, and /slow as seen by it and by the eight that see snapshots.
    assertEquals(1 + 16 + 9, all.size());
  }

  @Test
  void circlesLookTheSameFromEverySide() {
    for (int i = 0; i < 10; i++) {
      InMemoryMemos memos = new InMemoryMemos();
      try (Bench bench = new Bench(new InMemoryBlobs(), memos, 1 + i % 3, Peers.NONE)) {
        bench
            .thunk("/a", "/bin/probe", "cat", "/b", "say", "a")
            .thunk("/b", "/bin/probe", "cat", "/c", "say", "b")
            .thunk("/c", "/bin/probe", "cat", "/a", "say", "c");
        List<CompletableFuture<RunReport>> runs = new ArrayList<>();
        for (String path : List.of("/a", "/b", "/c", "/a", "/b", "/c")) {
          Transaction read = bench.transaction("/bin/probe", "cat", path);
          runs.add(CompletableFuture.supplyAsync(() -> bench.run(read)));
        }
        for (int k = 0; k < runs.size(); k++) {
          String path = List.of("/a", "/b", "/c").get(k % 3);
          assertEquals(
              "cat " + path + ": errno 29\n", bench.text(runs.get(k).join().outcome().output()));
        }
        assertEquals(3, memos.outcomes.size(), "only those that are not on the circle");
      }
    }
  }
}
