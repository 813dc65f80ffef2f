package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.fabric.blob.Ref;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/// A trivial computation that is really run, one after another, each with its own argv: a guest
/// binds a path to it and reads the path. Key, instance, outcome and the reader's trace count; and
/// of the run that all of a round belong to, which is stored and recorded, its part. The outcome
/// of such a computation itself stays in memory: nobody could look it up in less time than running
/// it takes. Against `posix_spawn` and `waitpid` of `/bin/true`.
///
/// Warm: the JVM has compiled what is run. That takes some hundred thousand of them.
final class SubtransactionBench implements Bench {

  private static final int ROUNDS = 9;
  private static final int TIMES = 2_000;
  private static final int WARM_UP = 300_000;

  private long salt;

  @Override
  public String name() {
    return "subtransaction";
  }

  @Override
  public String summary() {
    return "a trivial subtransaction, warm";
  }

  @Override
  public List<Measurement> run(Path folder, Consumer<String> progress) throws Exception {
    try (EngineCluster cluster = new EngineCluster(folder);
        PosixSpawn spawn = new PosixSpawn("/bin/true")) {
      Ref namespace = cluster.namespace("fan", "nothing");
      progress.accept("subtransaction: " + ROUNDS + " rounds of " + TIMES);
      Pairing.Medians medians =
          Pairing.measure(
              WARM_UP,
              ROUNDS,
              TIMES,
              times -> fan(cluster, namespace, times),
              times -> {
                for (int i = 0; i < times; i++) {
                  spawn.run();
                }
              });
      Double peer = medians.peer();
      return List.of(
          new Measurement(
              name(),
              "trivial, warm: bound, run and read",
              "µs",
              medians.ours() / 1e3,
              peer == null ? null : peer / 1e3,
              "posix_spawn /bin/true",
              Measurement.Direction.LOWER_IS_BETTER));
    }
  }

  private void fan(EngineCluster cluster, Ref namespace, int times) {
    for (int left = times; left > 0; left -= TIMES) {
      String count = Integer.toString(Math.min(left, TIMES));
      cluster.run(cluster.prepare(namespace, "/bin/fan", count, "salt-" + salt++));
    }
  }
}
