package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// What happened while one blob was looked for: decides which error tells the truth.
///
/// **Threading:** one thread.
final class Search {

  private final Hash hash;
  // Made when they are needed: almost every search ends at once.
  private List<String> without = List.of();
  private List<String> wrong = List.of();
  private List<String> silent = List.of();
  private List<FabricException> failures = List.of();

  Search(Hash hash) {
    this.hash = hash;
  }

  void absent(NodeLink link) {
    without = and(without, link.node().id());
  }

  void wrongBytes(NodeLink link) {
    wrong = and(wrong, link.node().id());
  }

  void failed(NodeLink link, FabricException failure) {
    silent = and(silent, link.node().id());
    failures = and(failures, failure);
  }

  private static <T> List<T> and(List<T> some, T another) {
    List<T> more = some.isEmpty() ? new ArrayList<>() : some;
    more.add(another);
    return more;
  }

  /// The error when all nodes were tried in vain. A node that could not be asked may have the blob,
  /// so then it is neither lost nor missing for certain.
  FabricException failure() {
    for (FabricException failure : failures) {
      if (failure instanceof InvalidArgument) {
        return failure; // the question was wrong, not the nodes
      }
    }
    if (!silent.isEmpty()) {
      Unavailable unavailable =
          new Unavailable(
              "blob "
                  + hash
                  + " was not found: nodes "
                  + new TreeSet<>(silent)
                  + " could not be asked"
                  + asked()
                  + "; first reason: "
                  + failures.getFirst().getMessage(),
              failures.getFirst());
      failures.stream().skip(1).limit(8).forEach(unavailable::addSuppressed);
      return unavailable;
    }
    if (!wrong.isEmpty()) {
      return new Corruption(
          "blob " + hash + ": its bytes are damaged on nodes " + new TreeSet<>(wrong) + asked());
    }
    return new NotFound("blob " + hash + " is on no memory node" + asked());
  }

  private String asked() {
    StringBuilder text = new StringBuilder();
    if (!without.isEmpty()) {
      text.append("; nodes without it: ").append(new TreeSet<>(without));
    }
    if (!silent.isEmpty() && !wrong.isEmpty()) {
      text.append("; nodes with damaged bytes: ").append(new TreeSet<>(wrong));
    }
    return text.toString();
  }
}
