package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.fabric.blob.Ref;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A build-like graph of 1,000 sources, a step for each, and one that reads what they all gave: all
/// of it, none of it and after one source has changed. Against ninja and make on a graph of the
/// same shape, whose steps are `wc` and `cat`.
///
/// Ours begins with the changed source in the store: the peers look at 1,000 files, and start
/// processes. The medians are of [#ROUNDS] rounds, each on what the one
/// before has left; a machine's mood is in them.
final class IncrementalBench implements Bench {

  static final int SOURCES = 1_000;

  /// In the first twenty or so the JVM has not compiled everything to the end; the first is told
  /// apart.
  private static final int ROUNDS = 41;

  /// Longer than any source was: a step gives the length of its source, and where that stays the
  /// same nothing else runs again.
  private static final int CHANGED_CHARS = 2_000;

  private int changes;

  @Override
  public String name() {
    return "incremental";
  }

  @Override
  public String summary() {
    return "a graph of 1,000 sources: nothing changed, one changed";
  }

  @Override
  public List<Measurement> run(Path folder, Consumer<String> progress) throws Exception {
    try (EngineCluster cluster = new EngineCluster(folder)) {
      SourceGraph graph = new SourceGraph(cluster);
      BuildPeer ninja = BuildPeer.ninja(folder.resolve("ninja"));
      BuildPeer make = BuildPeer.make(folder.resolve("make"));
      double full = seconds(() -> require(graph.build(), SOURCES + 1));
      progress.accept("incremental: all of it %.2f s".formatted(full));
      double ninjaFull = seconds(ninja::build);
      double makeFull = seconds(make::build);
      double[][] same = new double[3][ROUNDS];
      double[][] changed = new double[3][ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        same[0][round] = seconds(() -> require(graph.build(), 0));
        same[1][round] = seconds(ninja::build);
        same[2][round] = seconds(make::build);
        String text = "x".repeat(CHANGED_CHARS + ++changes);
        Ref source = graph.store(text);
        ninja.change(changes, text);
        make.change(changes, text);
        int which = changes;
        changed[0][round] = seconds(() -> require(graph.change(which, source), 2));
        changed[1][round] = seconds(ninja::build);
        changed[2][round] = seconds(make::build);
        progress.accept(
            "incremental: same %.2f ms, ninja %.1f ms; one changed %.2f ms, ninja %.1f ms"
                .formatted(
                    same[0][round] * 1e3,
                    same[1][round] * 1e3,
                    changed[0][round] * 1e3,
                    changed[1][round] * 1e3));
      }
      return List.of(
          row("all of it", full, ninjaFull, ninja),
          row("all of it", full, makeFull, make),
          row("nothing changed", Pairing.median(same[0]), Pairing.median(same[1]), ninja),
          row("nothing changed", Pairing.median(same[0]), Pairing.median(same[2]), make),
          row("first change", changed[0][0], changed[1][0], ninja),
          row("one changed", Pairing.median(changed[0]), Pairing.median(changed[1]), ninja),
          row("one changed", Pairing.median(changed[0]), Pairing.median(changed[2]), make),
          row("one changed (all of it)", Pairing.median(changed[0]), full, "the first run"));
    }
  }

  private interface Work {
    void run() throws Exception;
  }

  private static double seconds(Work work) throws Exception {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e9;
  }

  private static void require(RunReport report, long programs) {
    if (report.counters().run() != programs) {
      throw new IllegalStateException(
          "expected " + programs + " programs to run, found " + report.counters());
    }
  }

  private static Measurement row(String metric, double ours, double seconds, BuildPeer peer) {
    String name = peer.name();
    String label = metric + " (" + name + ")";
    return peer.isInstalled()
        ? row(label, ours, seconds, name)
        : row(label, ours, null, name + " is not installed");
  }

  private static Measurement row(
      String metric, double ours, @Nullable Double peer, String peerName) {
    return new Measurement(
        "incremental",
        metric,
        "ms",
        ours * 1e3,
        peer == null ? null : peer * 1e3,
        peerName,
        Measurement.Direction.LOWER_IS_BETTER);
  }
}
