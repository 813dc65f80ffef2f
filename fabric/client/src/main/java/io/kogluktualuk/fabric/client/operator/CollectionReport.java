package io.kogluktualuk.fabric.client.operator;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.CollectPage;
import io.kogluktualuk.memnode.api.Fate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a collection has done, or would have.
///
/// @param generation of its pins
/// @param isDryRun whether everything is still there
/// @param grace how long blobs stay that nobody needs
/// @param roots how many names there are
/// @param reached how many blobs they reach
/// @param missing blobs that they reach and no node has that answered, at most [#MISSING_MAX]
/// @param nodes by id
/// @param outcomes that were forgotten, or would be; 0 when none was to be
public record CollectionReport(
    long generation,
    boolean isDryRun,
    Duration grace,
    int roots,
    int reached,
    List<Missing> missing,
    List<Node> nodes,
    long outcomes) {

  public static final int MISSING_MAX = 100;

  /// The most blobs told of one node.
  public static final int ENTRIES_MAX = 20;

  /// Some blobs.
  public record Sum(long blobs, long bytes) {

    public static final Sum NOTHING = new Sum(0, 0);

    /// Both together.
    public Sum plus(Sum other) {
      return new Sum(blobs + other.blobs, bytes + other.bytes);
    }
  }

  /// One of the largest blobs of a node.
  ///
  /// @param root the first one that reaches it; null when none does
  public record Entry(CollectPage.Entry blob, @Nullable String root) {}

  /// A blob that no node has.
  ///
  /// @param root that reaches it
  public record Missing(Hash hash, String root) {}

  /// One memory node.
  ///
  /// @param sums what became of its blobs
  /// @param largest of them
  /// @param passedOver why nothing was collected there; empty when it was not passed over
  public record Node(String name, Map<Fate, Sum> sums, List<Entry> largest, String passedOver) {

    /// Copies what it is given.
    public Node {
      sums = Map.copyOf(sums);
      largest = List.copyOf(largest);
    }

    static Node passedOver(String name, String reason) {
      return new Node(name, Map.of(), List.of(), reason);
    }

    /// What has met that fate.
    public Sum sum(Fate fate) {
      return sums.getOrDefault(fate, Sum.NOTHING);
    }
  }

  /// Copies what it is given.
  public CollectionReport {
    missing = List.copyOf(missing);
    nodes = List.copyOf(nodes);
  }

  /// All nodes together.
  public Sum sum(Fate fate) {
    return nodes.stream().map(node -> node.sum(fate)).reduce(Sum.NOTHING, Sum::plus);
  }

  /// Whether every node was collected and nothing is missing.
  public boolean isComplete() {
    return missing.isEmpty() && nodes.stream().allMatch(node -> node.passedOver().isEmpty());
  }
}
