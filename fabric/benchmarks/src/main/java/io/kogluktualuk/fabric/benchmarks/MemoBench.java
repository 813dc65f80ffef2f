package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.fabric.transaction.Transaction;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/// A hit in the process that has met the outcome: from a transaction, its key computed, to its
/// outcome; and the same as a whole top-level run. No peer does this.
final class MemoBench implements Bench {

  private static final int ROUNDS = 9;
  private static final int TIMES = 50_000;

  @Override
  public String name() {
    return "memo";
  }

  @Override
  public String summary() {
    return "a memo hit within the process";
  }

  @Override
  public List<Measurement> run(Path folder, Consumer<String> progress) throws Exception {
    try (EngineCluster cluster = new EngineCluster(folder)) {
      Transaction known =
          cluster.prepare(cluster.namespace("nothing"), "/bin/nothing", "/data/july-trades");
      cluster.run(known);
      progress.accept("memo: hits on one transaction");
      Pairing.Medians recall =
          Pairing.measure(
              4 * TIMES,
              ROUNDS,
              TIMES,
              times -> {
                for (int i = 0; i < times; i++) {
                  if (cluster.engine().recall(known) == null) {
                    throw new IllegalStateException("a known outcome was not there");
                  }
                }
              },
              null);
      Pairing.Medians run =
          Pairing.measure(
              TIMES,
              ROUNDS,
              TIMES / 5,
              times -> {
                for (int i = 0; i < times; i++) {
                  cluster.run(known);
                }
              },
              null);
      return List.of(row("key and outcome", recall), row("whole run", run));
    }
  }

  private static Measurement row(String metric, Pairing.Medians medians) {
    return new Measurement(
        "memo",
        metric,
        "µs",
        medians.ours() / 1e3,
        null,
        null,
        Measurement.Direction.LOWER_IS_BETTER);
  }
}
