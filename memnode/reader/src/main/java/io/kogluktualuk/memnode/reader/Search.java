package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// What the nodes last answered while one blob was looked for: decides which error tells the truth.
///
/// **Threading:** one thread.
final class Search {

  private static final int SUPPRESSED_MAX = 8;

  private final Hash hash;
  private final Map<String, NodeAnswer> answers = new TreeMap<>();

  Search(Hash hash) {
    this.hash = hash;
  }

  /// A node's newest answer. That there was no time to ask again does not replace an earlier one.
  void answered(String nodeId, NodeAnswer answer) {
    if (answer instanceof NodeAnswer.Failed(DeadlineExceeded _)) {
      answers.putIfAbsent(nodeId, answer);
    } else {
      answers.put(nodeId, answer);
    }
  }

  /// Whether a node has it, and could not give it just now.
  boolean isUnsettled() {
    return answers.values().stream().anyMatch(NodeAnswer::isForNow);
  }

  /// The error when all nodes were tried in vain. A node that could not be asked, or could not give
  /// what it has, may have the blob, so then it is neither lost nor missing for certain.
  FabricException failure() {
    List<FabricException> failures = new ArrayList<>();
    answers.forEach((nodeId, answer) -> failures.addAll(reason(nodeId, answer)));
    for (FabricException failure : failures) {
      if (failure instanceof InvalidArgument) {
        return failure; // the question was wrong, not the nodes
      }
    }
    if (!failures.isEmpty()) {
      return unavailable(failures);
    }
    if (!damaged().isEmpty()) {
      return new Corruption(
          "blob " + hash + ": its bytes are damaged on nodes " + damaged() + asked());
    }
    return new NotFound("blob " + hash + " is on no memory node" + asked());
  }

  private static List<FabricException> reason(String nodeId, NodeAnswer answer) {
    return switch (answer) {
      case NodeAnswer.Failed(FabricException reason) -> List.of(reason);
      case NodeAnswer.Moving(int looks) ->
          List.of(
              new Unavailable(
                  "memory node "
                      + nodeId
                      + " moved the blob each of the "
                      + looks
                      + " times that it was read"));
      case NodeAnswer.Absent() -> List.of();
      case NodeAnswer.Damaged() -> List.of();
      case NodeAnswer.Bytes(_, _) -> List.of();
    };
  }

  private Unavailable unavailable(List<FabricException> failures) {
    Unavailable unavailable =
        new Unavailable(
            "blob "
                + hash
                + " was not found: nodes "
                + nodes(answer -> answer instanceof NodeAnswer.Failed || answer.isForNow())
                + " could not be asked"
                + asked()
                + (damaged().isEmpty() ? "" : "; nodes with damaged bytes: " + damaged())
                + "; first reason: "
                + failures.getFirst().getMessage(),
            failures.getFirst());
    failures.stream().skip(1).limit(SUPPRESSED_MAX).forEach(unavailable::addSuppressed);
    return unavailable;
  }

  private Set<String> damaged() {
    return nodes(NodeAnswer.Damaged.class::isInstance);
  }

  private String asked() {
    Set<String> without = nodes(NodeAnswer.Absent.class::isInstance);
    return without.isEmpty() ? "" : "; nodes without it: " + without;
  }

  private Set<String> nodes(Predicate<NodeAnswer> answered) {
    Set<String> nodes = new TreeSet<>();
    answers.forEach(
        (nodeId, answer) -> {
          if (answered.test(answer)) {
            nodes.add(nodeId);
          }
        });
    return nodes;
  }
}
