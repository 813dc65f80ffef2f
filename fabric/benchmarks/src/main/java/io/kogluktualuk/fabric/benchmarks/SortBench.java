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

/// The demo's job on 256 MiB of trades against GNU sort on the same cores: cold, again, and with
/// one record changed.
///
/// A cold run is made on a new cluster, in this process, whose memo index is empty; the data is
/// stored before the clock starts, as it lies in the page cache for GNU sort. The first cold run of
/// the process also pays for the JVM's warm-up and is reported by itself.
final class SortBench implements Bench {

  private static final int ROUNDS = 3;
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
    Path input = folder.resolve("input");
    makeInput(folder.resolve("made"), input);
    progress.accept("sort: " + Files.size(input) + " bytes of trades");
    Times first = null;
    List<Times> rounds = new ArrayList<>();
    double[] peers = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      Times times = runOurs(folder.resolve("cluster-" + round), input);
      first = first == null ? times : first;
      rounds.add(times);
      peers[round] = runPeer(input, folder.resolve("sorted"));
      progress.accept(
          "sort: round %d: cold %.2f s, again %.4f s, changed %.2f s, GNU sort %.2f s"
              .formatted(round + 1, times.cold, times.again, times.changed, peers[round]));
    }
    double peer = Pairing.median(peers);
    return List.of(
        row(
            "cold, JVM warm",
            Pairing.median(rounds.stream().mapToDouble(Times::cold).toArray()),
            peer),
        row("cold, first in its JVM", first == null ? Double.NaN : first.cold, peer),
        row("again", Pairing.median(rounds.stream().mapToDouble(Times::again).toArray()), peer),
        row(
            "one record changed",
            Pairing.median(rounds.stream().mapToDouble(Times::changed).toArray()),
            peer));
  }

  private record Times(double cold, double again, double changed) {}

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

  private static void makeInput(Path clusterFolder, Path input) throws IOException {
    try (EmbeddedCluster cluster = EmbeddedCluster.open(ClusterSettings.of(clusterFolder));
        Fabric fabric = Fabric.connect(cluster.control(), ClientSettings.DEFAULT)) {
      fabric.get(new TradesJob(fabric).trades(RECORDS), input);
    }
    Folders.remove(clusterFolder);
  }

  private static Times runOurs(Path folder, Path input) throws IOException {
    try (EmbeddedCluster cluster = EmbeddedCluster.open(ClusterSettings.of(folder));
        Fabric fabric = Fabric.connect(cluster.control(), ClientSettings.DEFAULT)) {
      TradesJob job = new TradesJob(fabric);
      Ref namespace = job.namespaceOf(fabric.put(input));
      double cold = sort(job, namespace);
      double again = sort(job, namespace);
      long middle = Files.size(input) / 2;
      Ref changed = job.output(job.amend(namespace, middle, "CHANGED", RunListener.SILENT));
      return new Times(cold, again, sort(job, job.namespaceOf(changed)));
    } finally {
      Folders.remove(folder);
    }
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
