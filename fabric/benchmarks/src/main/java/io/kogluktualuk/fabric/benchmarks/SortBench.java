package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.RunListener;
import io.kogluktualuk.fabric.demo.TradesJob;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.EmbeddedCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/// The demo's job on 256 MiB of trades against GNU sort on the same cores: cold, again, and with
/// one record changed.
///
/// Each round sorts other trades on the same cluster, so nothing is known of them; they are stored
/// before the clock starts, as they lie in the page cache for GNU sort. The first round also pays
/// for the JVM's warm-up and is reported by itself.
final class SortBench implements Bench {

  private static final int ROUNDS = 6;
  private static final long RECORDS = 4_750_000;
  private static final double NANOS_PER_SECOND = 1e9;

  @Override
  public String name() {
    return "sort";
  }

  @Override
  public String summary() {
    return "the july-trades job on 256 MiB, cold, again and with one record changed";
  }

  @Override
  public List<Measurement> run(Path folder, Consumer<String> progress) throws Exception {
    List<Times> rounds = new ArrayList<>();
    try (EmbeddedCluster cluster =
            EmbeddedCluster.open(ClusterSettings.of(folder.resolve("state")));
        Fabric fabric = Fabric.connect(cluster.control(), ClientSettings.DEFAULT)) {
      TradesJob job = new TradesJob(fabric);
      for (int round = 0; round < ROUNDS; round++) {
        Times times = round(fabric, job, job.trades(RECORDS, round), folder);
        rounds.add(times);
        progress.accept(
            "sort: round %d: cold %.2f s, again %.4f s, changed %.2f s, GNU sort %.2f s"
                .formatted(round + 1, times.cold, times.again, times.changed, times.peer));
      }
    }
    Times first = rounds.removeFirst();
    double peer = median(rounds, Times::peer);
    return List.of(
        row("cold, first in its JVM", first.cold, first.peer),
        row("cold", median(rounds, Times::cold), peer),
        row("again", median(rounds, Times::again), peer),
        row("one record changed", median(rounds, Times::changed), peer));
  }

  private static double median(List<Times> rounds, ToDoubleFunction<Times> part) {
    return Pairing.median(rounds.stream().mapToDouble(part).toArray());
  }

  private record Times(double cold, double again, double changed, double peer) {}

  private static Measurement row(String metric, double ours, double peer) {
    return new Measurement(
        "sort",
        metric,
        "s",
        ours,
        peer,
        "LC_ALL=C sort --parallel=" + Runtime.getRuntime().availableProcessors(),
        Measurement.Direction.LOWER_IS_BETTER);
  }

  private static Times round(Fabric fabric, TradesJob job, Ref data, Path folder)
      throws IOException, InterruptedException {
    Path input = folder.resolve("input");
    fabric.get(data, input);
    Ref namespace = job.namespaceOf(data);
    double cold = sort(job, namespace);
    double again = sort(job, namespace);
    long middle = data.length() / 2;
    Ref changed = job.output(job.amend(namespace, middle, "CHANGED", RunListener.SILENT));
    double oneChanged = sort(job, job.namespaceOf(changed));
    double peer = runPeer(input, folder.resolve("sorted"));
    Files.delete(input);
    return new Times(cold, again, oneChanged, peer);
  }

  private static double sort(TradesJob job, Ref namespace) {
    long start = System.nanoTime();
    job.output(job.sort(namespace, RunListener.SILENT));
    return (System.nanoTime() - start) / NANOS_PER_SECOND;
  }

  private static double runPeer(Path input, Path output) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            "sort",
            "--parallel=" + Runtime.getRuntime().availableProcessors(),
            "-o",
            output.toString(),
            input.toString());
    builder.environment().put("LC_ALL", "C");
    long start = System.nanoTime();
    int status = builder.inheritIO().start().waitFor();
    double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
    if (status != 0) {
      throw new IOException("sort ended with status " + status);
    }
    return seconds;
  }
}
