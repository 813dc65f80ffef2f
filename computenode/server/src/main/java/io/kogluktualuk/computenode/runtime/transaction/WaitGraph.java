package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who waits for whom, in order to find those who wait for themselves.
///
/// A program cannot tell a slow answer from one that never comes, so a circle must be found. And
/// since outcomes are pure functions, what happens then must not depend on who entered the circle
/// first, or on what was cached. So **every** transaction on a circle ends in the same way
/// wherever one looks from: at the read that leads into the circle, as one that could not start,
/// with that path named. The reads are part of the transactions' meaning, so the circle is there
/// no matter who starts it. The outcomes of its members are not recorded: with one of them known,
/// the others would see an ordinary failure, which a program may handle.
///
/// Only reads count. A transaction that binds a thunk does not wait for it; if the thunk needs
/// the outcome of that transaction and is never read, nothing is wrong.
///
/// The one who closes the circle is told by [#add]. It settles with the circle's members in its
/// result; the one who waits for it finds itself among them, and so on around.
///
/// Between nodes, the chain of those that wait travels with a transaction that is handed over,
/// and is added here by [#addChain]. A circle that closes on two nodes in the same instant can be
/// missed: then the run's deadline ends it.
///
/// Rejected: a chain of ancestors alone, which cannot see circles through shared computations,
/// and calls it a circle when a thunk that nobody reads needs the one who bound it.
///
/// **Threading:** any thread; one lock, held for a walk along the waits.
final class WaitGraph {

  /// A node is a transaction's key, or a [Binding], which has none. Edges are counted.
  private final Map<Object, Map<Object, Integer>> targets = new HashMap<>();

  /// Adds that one waits for another.
  ///
  /// @return the keys on the circle that this closes, or null; then nothing was added
  @Nullable Set<Hash> add(Pending from, Pending to) {
    return add(nodeOf(from), nodeOf(to));
  }

  void remove(Pending from, Pending to) {
    remove(nodeOf(from), nodeOf(to));
  }

  /// Adds that each of a chain waits for the next, and the last for a transaction here.
  void addChain(List<Hash> chain, Hash last) {
    for (int i = 0; i < chain.size(); i++) {
      addEdge(chain.get(i), i + 1 < chain.size() ? chain.get(i + 1) : last);
    }
  }

  void removeChain(List<Hash> chain, Hash last) {
    for (int i = 0; i < chain.size(); i++) {
      remove(chain.get(i), i + 1 < chain.size() ? chain.get(i + 1) : last);
    }
  }

  /// Those that wait for one, from the first to the last, following one of them at each step.
  synchronized List<Hash> chainTo(Pending last, int max) {
    List<Hash> chain = new ArrayList<>();
    Set<Object> seen = new HashSet<>();
    Object current = nodeOf(last);
    while (current != null && chain.size() < max && seen.add(current)) {
      current = waiterFor(current);
      if (current instanceof Hash key) {
        chain.addFirst(key);
      }
    }
    return chain;
  }

  private static Object nodeOf(Pending pending) {
    Hash key = pending.key();
    return key != null ? key : pending;
  }

  private synchronized @Nullable Set<Hash> add(Object from, Object to) {
    List<Object> way = new ArrayList<>();
    if (leads(to, from, way, new HashSet<>())) {
      Set<Hash> keys = new LinkedHashSet<>();
      for (Object member : way) {
        if (member instanceof Hash key) {
          keys.add(key);
        }
      }
      return keys;
    }
    addEdge(from, to);
    return null;
  }

  private synchronized void addEdge(Object from, Object to) {
    targets.computeIfAbsent(from, _ -> new HashMap<>()).merge(to, 1, Integer::sum);
  }

  private synchronized void remove(Object from, Object to) {
    Map<Object, Integer> waits = targets.get(from);
    if (waits != null) {
      waits.computeIfPresent(to, (_, count) -> count == 1 ? null : count - 1);
      if (waits.isEmpty()) {
        targets.remove(from);
      }
    }
  }

  private @Nullable Object waiterFor(Object target) {
    for (Map.Entry<Object, Map<Object, Integer>> entry : targets.entrySet()) {
      if (entry.getValue().containsKey(target)) {
        return entry.getKey();
      }
    }
    return null;
  }

  /// Whether waits lead from one to another; collects the way.
  private boolean leads(Object from, Object to, List<Object> way, Set<Object> seen) {
    way.add(from);
    if (from.equals(to)) {
      return true;
    }
    if (seen.add(from)) {
      for (Object next : targets.getOrDefault(from, Map.of()).keySet()) {
        if (leads(next, to, way, seen)) {
          return true;
        }
      }
    }
    way.removeLast();
    return false;
  }
}
