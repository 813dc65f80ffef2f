package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.PutBatch;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.TreeBuilder;
import io.kogluktualuk.fabric.blob.TreePieces;
import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.EmbeddedCluster;
import io.kogluktualuk.fabric.units.ByteCount;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// A directory of 1,000,000 entries: making it of a list of names, finding a name, changing one,
/// and comparing it with what it was before. Against git on an equal tree: `mktree`, `rev-parse`,
/// `update-index` and `write-tree`, `diff-tree`.
///
/// Ours asks a memory node of another thread for each piece; git is a process each time, which
/// costs a millisecond or two, and reads files. Each time is one run; a machine's mood is in it.
final class TreeBench implements Bench {

  static final int ENTRIES = 1_000_000;

  private static final int ROUNDS = 5;

  @Override
  public String name() {
    return "tree";
  }

  @Override
  public String summary() {
    return "a directory of 1,000,000 entries: make, find, change, compare";
  }

  /// The name of an entry.
  static String entry(int i) {
    return "entry-%07d".formatted(i);
  }

  /// The content of every entry, but for those that have been changed.
  static String content(int version) {
    return "version " + version;
  }

  @Override
  public List<Measurement> run(Path folder, Consumer<String> progress) throws Exception {
    ClusterSettings settings = ClusterSettings.of(folder.resolve("cluster"));
    try (EmbeddedCluster cluster =
            EmbeddedCluster.open(settings.withMemory(1, ByteCount.gibibytes(4)));
        Fabric fabric = Fabric.connect(cluster.control(), ClientSettings.DEFAULT)) {
      GitPeer git = new GitPeer(folder.resolve("git"));
      Ref value = store(fabric, 0);
      long start = System.nanoTime();
      Ref tree = make(fabric, value);
      double made = (System.nanoTime() - start) / 1e6;
      progress.accept("tree: made in %.0f ms".formatted(made));
      double gitMade = git.make();
      progress.accept("tree: git made it in %.0f ms".formatted(gitMade));
      double[][] millis = new double[6][ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        tree = round(fabric, git, tree, round, millis);
        progress.accept(
            "tree: find %.2f, git %.1f; change %.2f, git %.1f; compare %.2f, git %.1f ms"
                .formatted(
                    millis[0][round],
                    millis[1][round],
                    millis[2][round],
                    millis[3][round],
                    millis[4][round],
                    millis[5][round]));
      }
      return List.of(
          row("make", new double[] {made}, new double[] {gitMade}),
          row("find a name", millis[0], millis[1]),
          row("change a name", millis[2], millis[3]),
          row("compare", millis[4], millis[5]));
    }
  }

  private static Ref store(Fabric fabric, int version) {
    Blob blob = Blob.of(content(version).getBytes(StandardCharsets.UTF_8));
    Operator.of(fabric).blobs().put(List.of(blob));
    return Ref.ofBlob(blob);
  }

  private static Ref make(Fabric fabric, Ref value) {
    PutBatch batch = new PutBatch(Operator.of(fabric).blobs());
    TreeBuilder builder = new TreeBuilder(TreePieces.of(Operator.of(fabric).blobs()), batch);
    for (int i = 0; i < ENTRIES; i++) {
      builder.add(entry(i), value);
    }
    Ref tree = builder.finish();
    batch.flush();
    return tree;
  }

  /// @return the tree with one name changed
  private static Ref round(Fabric fabric, GitPeer git, Ref tree, int round, double[][] millis)
      throws Exception {
    NamePath path = NamePath.ROOT.child(entry((round + 1) * 169_743 % ENTRIES));
    Ref fresh = store(fabric, round + 1);
    long start = System.nanoTime();
    fabric.trees().find(tree, path.toString());
    millis[0][round] = (System.nanoTime() - start) / 1e6;
    millis[1][round] = git.find(path.name());
    start = System.nanoTime();
    Ref edited = fabric.trees().edit(tree, editor -> editor.bind(path, fresh));
    millis[2][round] = (System.nanoTime() - start) / 1e6;
    millis[3][round] = git.change(path.name(), content(round + 1));
    AtomicInteger different = new AtomicInteger();
    start = System.nanoTime();
    fabric.trees().diff(tree, edited, _ -> different.incrementAndGet());
    millis[4][round] = (System.nanoTime() - start) / 1e6;
    millis[5][round] = git.compare();
    if (different.get() != 1) {
      throw new IllegalStateException("expected 1 difference, found " + different);
    }
    return edited;
  }

  private static Measurement row(String metric, double[] ours, double[] peer) {
    Spread own = Spread.of(ours);
    boolean isThere = GitPeer.isInstalled();
    Spread theirs = isThere ? Spread.of(peer) : null;
    return new Measurement(
        "tree",
        metric,
        "ms",
        own.median(),
        theirs == null ? null : theirs.median(),
        isThere ? "git" : "git is not installed",
        Measurement.Direction.LOWER_IS_BETTER,
        own,
        theirs,
        null);
  }
}
