package io.kogluktualuk.computenode.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.api.Disposed;
import io.kogluktualuk.computenode.api.Disposition;
import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.InMemoryBlobs;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Two nodes with stores in common, each of which gives the other what it has no room for.
///
/// **Threading:** that of its benches.
final class Pair implements AutoCloseable {

  final NeighbourPeers peersOfOne;
  final NeighbourPeers peersOfTwo;
  final Bench one;
  final Bench two;

  /// @param slots of each
  Pair(int slots, Duration trivialMax) {
    this(new InMemoryBlobs(), slots, trivialMax);
  }

  /// @param slots of each
  Pair(BlobStore store, int slots, Duration trivialMax) {
    InMemoryMemos memos = new InMemoryMemos();
    peersOfOne = new NeighbourPeers(slots);
    peersOfTwo = new NeighbourPeers(slots);
    one = new Bench(store, memos, slots, peersOfOne, trivialMax);
    two = new Bench(store, memos, slots, peersOfTwo, trivialMax);
    peersOfOne.set(two.engine);
    peersOfTwo.set(one.engine);
  }

  /// How many programs have run to an outcome on both, once none runs any more.
  long ran() {
    for (Bench bench : List.of(one, two)) {
      while (bench.engine.status().running() + bench.engine.status().waiting() > 0) {
        Thread.onSpinWait();
      }
    }
    return one.engine.status().ran() + two.engine.status().ran();
  }

  /// Checks that the run that was begun last on the first node has run each of its transactions
  /// on one of the nodes, or on both, and no more than once on each.
  ///
  /// @param transactions how many there are
  void assertEachRanOnceOnANode(RunReport report, int transactions) {
    Set<Hash> anywhere = new HashSet<>();
    for (Bench bench : List.of(one, two)) {
      Set<Hash> here = new HashSet<>();
      for (Disposed disposed : bench.engine.progress(one.lastRun(), true).disposed()) {
        if (disposed.disposition() == Disposition.RUN) {
          assertTrue(here.add(disposed.key()), disposed + " ran twice on one node");
        }
      }
      anywhere.addAll(here);
    }
    assertEquals(transactions, anywhere.size(), report.toString());
  }

  @Override
  public void close() {
    one.close();
    two.close();
  }
}
