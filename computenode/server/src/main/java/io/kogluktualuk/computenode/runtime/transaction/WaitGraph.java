package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.WaitNews.Wait;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
/// and is added here by [#addChain]. Who begins to wait later is told of by [WaitNews], which the
/// one who has handed over sends as long as it waits ([#learn]): so each edge gets to the node
/// on which the last member of a circle waits. An edge never lies, however old: that one needs
/// the outcome of another is part of its meaning. A circle comes to a node where one was handed to
/// it, and leaves it where one is handed on; so only ways from the former to the latter are told
/// ([#waitsFor]), and thousands that wait for one thing are of no interest.
///
/// Rejected: a chain of ancestors alone, which cannot see circles through shared computations,
/// and calls it a circle when a thunk that nobody reads needs the one who bound it.
///
/// **Threading:** any thread; one lock, held for a walk along the waits.
final class WaitGraph {

  /// A node is a transaction's key, or a [Binding], which has none. Edges are counted.
  private final Map<Object, Map<Object, Integer>> targets = new HashMap<>();

  /// The same edges, seen from their targets.
  private final Map<Object, Map<Object, Integer>> sources = new HashMap<>();

  /// Where circles through other nodes come in: what they wait for here, and what waits there.
  private final Map<Object, Integer> outside = new HashMap<>();

  /// Those on this node, who can be told.
  private final Map<Object, List<Waiter>> waiters = new HashMap<>();

  /// Someone who waits.
  interface Waiter {
    /// Ends the wait: it is part of a circle. Called with the graph's lock held.
    ///
    /// @return false when there is none to end: it is over, has yet to begin, or another that it
    ///     has run in its own place is what waits
    boolean tell(List<Hash> circle);
  }

  /// Adds that one waits for another.
  ///
  /// @return the keys on the circle that this closes, each waiting for the next, or null; then
  ///     nothing was added
  @Nullable List<Hash> add(Pending from, Pending to, Waiter waiter) {
    Object node = nodeOf(from);
    synchronized (this) {
      List<Hash> circle = circle(node, nodeOf(to));
      if (circle == null) {
        addEdge(node, nodeOf(to));
        waiters.computeIfAbsent(node, _ -> new ArrayList<>(1)).add(waiter);
      }
      return circle;
    }
  }

  void remove(Pending from, Pending to, Waiter waiter) {
    Object node = nodeOf(from);
    synchronized (this) {
      removeEdge(node, nodeOf(to));
      List<Waiter> own = waiters.get(node);
      if (own != null && own.remove(waiter) && own.isEmpty()) {
        waiters.remove(node);
      }
    }
  }

  /// Adds that each of a chain waits for the next, and the last for a transaction here.
  ///
  /// @return the same waits, to be removed by [#leave]
  List<Wait> addChain(List<Hash> chain, Hash last) {
    List<Wait> waits = new ArrayList<>(chain.size());
    for (int i = 0; i < chain.size(); i++) {
      waits.add(new Wait(chain.get(i), i + 1 < chain.size() ? chain.get(i + 1) : last));
    }
    synchronized (this) {
      outside.merge(last, 1, Integer::sum);
      waits.forEach(this::addOutside);
    }
    return waits;
  }

  private void addOutside(Wait wait) {
    addEdge(wait.waiting(), wait.target());
    outside.merge(wait.waiting(), 1, Integer::sum);
  }

  /// What was handed to this node leaves it, and the waits that came with it.
  synchronized void leave(Hash last, List<Wait> waits) {
    leaveOne(last);
    forget(waits);
  }

  /// Removes waits that were learned.
  synchronized void forget(Collection<Wait> waits) {
    for (Wait wait : waits) {
      removeEdge(wait.waiting(), wait.target());
      leaveOne(wait.waiting());
    }
  }

  private void leaveOne(Hash key) {
    outside.computeIfPresent(key, (_, count) -> count == 1 ? null : count - 1);
  }

  /// Adds waits on other nodes.
  synchronized void learn(Collection<Wait> waits) {
    waits.forEach(this::addOutside);
  }

  /// Tells who waits here that it is on a circle with a transaction, if there is one.
  synchronized void tellCircle(Hash transaction) {
    for (Object next : List.copyOf(targets.getOrDefault(transaction, Map.of()).keySet())) {
      List<Object> way = way(next, transaction);
      if (way != null && tell(way)) {
        return;
      }
    }
  }

  private boolean tell(List<Object> way) {
    for (Object node : way) {
      List<Waiter> own = waiters.get(node);
      if (own != null && tell(own, keys(way))) {
        return true;
      }
    }
    return false;
  }

  private static boolean tell(List<Waiter> own, List<Hash> circle) {
    boolean isTold = false;
    for (Waiter waiter : own) {
      isTold |= waiter.tell(circle);
    }
    return isTold;
  }

  /// Those that wait for one, from the first to the last, following one of them at each step.
  synchronized List<Hash> chainTo(Pending last, int max) {
    List<Hash> chain = new ArrayList<>();
    Set<Object> seen = new HashSet<>();
    Object current = nodeOf(last);
    while (current != null && chain.size() < max && seen.add(current)) {
      Map<Object, Integer> waiting = sources.get(current);
      current = waiting == null ? null : waiting.keySet().iterator().next();
      if (current instanceof Hash key) {
        chain.addFirst(key);
      }
    }
    return chain;
  }

  /// The waits that lead from outside to transactions that were handed on, the nearest first; what
  /// has no key is left out.
  synchronized Set<Wait> waitsFor(Collection<Hash> handedOn) {
    Set<Object> led = fromOutside();
    Set<Wait> waits = new LinkedHashSet<>();
    Set<Object> seen = new HashSet<>(handedOn);
    Deque<Open> open = new ArrayDeque<>();
    handedOn.forEach(key -> open.add(new Open(key, key)));
    while (!open.isEmpty()) {
      Open next = open.removeFirst();
      for (Object source : sources.getOrDefault(next.node, Map.of()).keySet()) {
        Hash key = next.key;
        if (led.contains(source) && source instanceof Hash waiting) {
          waits.add(new Wait(waiting, key));
          key = waiting;
        }
        if (led.contains(source) && seen.add(source)) {
          open.add(new Open(source, key));
        }
      }
    }
    return waits;
  }

  private Set<Object> fromOutside() {
    Set<Object> led = new HashSet<>(outside.keySet());
    Deque<Object> open = new ArrayDeque<>(led);
    while (!open.isEmpty()) {
      for (Object next : targets.getOrDefault(open.removeFirst(), Map.of()).keySet()) {
        if (led.add(next)) {
          open.add(next);
        }
      }
    }
    return led;
  }

  /// @param key of the node, or the nearest on the way to the end
  private record Open(Object node, Hash key) {}

  private static Object nodeOf(Pending pending) {
    Hash key = pending.key();
    return key != null ? key : pending;
  }

  private @Nullable List<Hash> circle(Object from, Object to) {
    List<Object> way = way(to, from);
    return way == null ? null : keys(way);
  }

  private static List<Hash> keys(List<Object> way) {
    List<Hash> keys = new ArrayList<>();
    for (Object member : way) {
      if (member instanceof Hash key) {
        keys.add(key);
      }
    }
    return keys;
  }

  private void addEdge(Object from, Object to) {
    targets.computeIfAbsent(from, _ -> new HashMap<>(2)).merge(to, 1, Integer::sum);
    sources.computeIfAbsent(to, _ -> new HashMap<>(2)).merge(from, 1, Integer::sum);
  }

  private void removeEdge(Object from, Object to) {
    removeOne(targets, from, to);
    removeOne(sources, to, from);
  }

  private static void removeOne(Map<Object, Map<Object, Integer>> edges, Object at, Object other) {
    Map<Object, Integer> counts = edges.get(at);
    if (counts != null) {
      counts.computeIfPresent(other, (_, count) -> count == 1 ? null : count - 1);
      if (counts.isEmpty()) {
        edges.remove(at);
      }
    }
  }

  /// The nodes on a way along the waits, both ends included; null when there is none.
  private @Nullable List<Object> way(Object from, Object to) {
    if (from.equals(to)) {
      return List.of(from);
    }
    if (!targets.containsKey(from)) {
      return null;
    }
    Map<Object, Object> before = new HashMap<>();
    Deque<Object> open = new ArrayDeque<>(List.of(from));
    before.put(from, from);
    while (!open.isEmpty()) {
      Object node = open.removeFirst();
      for (Object next : targets.getOrDefault(node, Map.of()).keySet()) {
        if (before.putIfAbsent(next, node) == null) {
          if (next.equals(to)) {
            return wayBack(before, from, to);
          }
          open.add(next);
        }
      }
    }
    return null;
  }

  private static List<Object> wayBack(Map<Object, Object> before, Object from, Object to) {
    List<Object> way = new ArrayList<>();
    Object node = to;
    way.add(to);
    while (!node.equals(from)) {
      node = Objects.requireNonNull(before.get(node));
      way.add(node);
    }
    return way.reversed();
  }
}
