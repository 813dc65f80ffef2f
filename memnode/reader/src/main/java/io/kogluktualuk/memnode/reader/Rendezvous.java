package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.hash.Hash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Which nodes a blob belongs on, computed by everybody alike from the members alone.
///
/// Weighted rendezvous hashing [1]: each node's score for a blob is `-weight / ln(u)`, with `u` in
/// (0, 1) from a mixture of node id and blob hash; the blob goes to the nodes with the highest
/// scores. A node gets its share in proportion to its weight; when one comes or goes, only the
/// blobs that belong on it move. Consistent hashing rings need hundreds of points per node for the
/// same evenness; with the tens of nodes of a fabric sorting the scores is cheaper.
///
/// **Threading:** immutable.
///
/// [1] C. Schindelhauer, G. Schomaker: Weighted Distributed Hash Tables. SPAA 2005.
final class Rendezvous {

  private static final Comparator<Scored> BEST_FIRST =
      Comparator.comparingDouble(Scored::score).reversed().thenComparing(each -> each.node().id());

  private final List<MemoryNode> nodes;
  private final long[] seeds;

  private record Scored(MemoryNode node, double score) {}

  Rendezvous(List<MemoryNode> nodes) {
    this.nodes = List.copyOf(nodes);
    this.seeds = new long[nodes.size()];
    for (int i = 0; i < seeds.length; i++) {
      seeds[i] = Hash.of(nodes.get(i).id().getBytes(StandardCharsets.UTF_8)).word(0);
    }
  }

  List<MemoryNode> nodes() {
    return nodes;
  }

  /// All nodes, those that the blob belongs on most first.
  List<MemoryNode> order(Hash hash) {
    List<Scored> scored = new ArrayList<>(seeds.length);
    for (int i = 0; i < seeds.length; i++) {
      MemoryNode node = nodes.get(i);
      scored.add(new Scored(node, score(node.weight(), seeds[i], hash)));
    }
    scored.sort(BEST_FIRST);
    return scored.stream().map(Scored::node).toList();
  }

  private static double score(int weight, long seed, Hash hash) {
    long mixed = mix(seed ^ mix(hash.word(2)));
    // 53 bits, moved off zero by half a step: the logarithm is finite and below zero.
    double u = ((mixed >>> 11) + 0.5) * 0x1.0p-53;
    // StrictMath gives the same bits on every machine; Math may not.
    return -weight / StrictMath.log(u);
  }

  /// The finisher of MurmurHash3: every input bit flips every output bit with probability one half.
  private static long mix(long word) {
    long mixed = word;
    mixed ^= mixed >>> 33;
    mixed *= 0xFF51_AFD7_ED55_8CCDL;
    mixed ^= mixed >>> 33;
    mixed *= 0xC4CE_B9FE_1A85_EC53L;
    return mixed ^ mixed >>> 33;
  }
}
