package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.fabric.blob.Ref;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/// A trivial computation that is really run, one after another, each with its own argv: a guest
/// binds a path to it and reads the path. All of it counts: key, instance, outcome, and storing and
/// recording them. Against `posix_spawn` and `waitpid` of `/bin/true`.
final class SubtransactionBench implements Bench {

  private static final int ROUNDS = 9;
  private static final int TIMES = 2_000;
  private static final int WARM_UP = 20_000;

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
              "trivial, warm, run and recorded",
              "µs",
              medians.ours() / 1e3,
              peer == null ? null : peer / 1e3,
              "posix_spawn /bin/true",
              Measurement.Direction.LOWER_IS_BETTER));
    }
  }

  private void fan(EngineCluster cluster, Ref namespace, int times) {
    String count = Integer.toString(times);
    cluster.run(cluster.prepare(namespace, "/bin/fan", count, "salt-" + salt++));
  }
}
