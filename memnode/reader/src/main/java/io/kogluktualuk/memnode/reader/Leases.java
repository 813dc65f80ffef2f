package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.OutOfCredits;
import io.kogluktualuk.fabric.fault.StaleLease;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.fabric.lease.LeaseSource;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.LeaseTerms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// The lease of one session, and what it holds at memory nodes.
///
/// All holds stand under one lease, which is acquired with the first hold and renewed as long as
/// something is held. With each renewal every node that holds something hears of the lease by one
/// call. When the lease has lapsed in between (the process slept, the control plane was away), it
/// gets a greater token, and every blob is held again; what its node has thrown away meanwhile is
/// held elsewhere if it is there, else it counts as lost ([Held#lost]). Readers notice nothing of
/// that: they find another replica. A node that is lost, or no member any more, may hold what it
/// likes: nobody can fetch it there, so who asks for a hold gets it elsewhere, or is told.
///
/// Scopes open and close at the same time, and calls overtake each other. So each call says in
/// which order it was made ([LeaseTerms#order]): a node keeps what it was asked to hold last, and
/// who was asked before asks again ([HoldBook]).
///
/// A call whose answer is not heard, because its thread was interrupted or its time was over, may
/// have held something all the same; and a release may not arrive. What nobody counts is then
/// let go of by the thread that tends, until a node has heard it ([Doubts]).
///
/// **Threading:** any thread. [#tend] is called by a thread of [LeaseTender]. **Bound:** what is
/// held. **Errors:** [StaleLease] is never seen by users.
public final class Leases {

  /// How often a hold is asked for that others let go of at the same time.
  private static final int AGAIN_MAX = 8;

  private final LeaseKeeper keeper;
  private final HoldPort port;
  private final Duration callTimeout;
  private final LongSupplier nanoTime;
  private final HoldBook book = new HoldBook();
  private final Doubts doubts = new Doubts();
  private final Set<Held> scopes = ConcurrentHashMap.newKeySet();

  /// @param nanoTime the holder's monotonic clock
  public Leases(
      LeaseSource source,
      HoldPort port,
      LeaseSettings settings,
      LeaseId id,
      LongSupplier nanoTime) {
    this.keeper = new LeaseKeeper(source, settings, id, nanoTime);
    this.port = port;
    this.callTimeout = settings.callTimeout();
    this.nanoTime = nanoTime;
  }

  /// A scope that holds nothing yet.
  public Held open() {
    Held held = new Held(this);
    scopes.add(held);
    return held;
  }

  /// How many blobs are held.
  public int size() {
    return book.size();
  }

  /// How often the lease has ended although it was wanted.
  public long lapses() {
    return keeper.lapses();
  }

  /// What a node holds for this session now, whatever happens: the time until then has been
  /// counted from before it was asked.
  public Set<Hash> promised(String nodeId) {
    return book.promised(nodeId, nanoTime.getAsLong());
  }

  /// What a put shows to hold its blobs from the start.
  public LeaseTerms terms(Deadline deadline) {
    return keeper.terms(deadline, book::nextOrder);
  }

  /// A memory node has refused these terms.
  public void refused(LeaseTerms terms) {
    keeper.lapsed(terms.proof());
  }

  /// A put under these terms has left a blob on a node.
  public void stored(Held held, Hash hash, String nodeId, LeaseTerms terms, long askedNanos) {
    Set<Hash> stale = note(held, nodeId, Set.of(hash), terms, askedNanos);
    if (!stale.isEmpty() && !hold(held, stale, Deadline.after(callTimeout)).isEmpty()) {
      held.lost(hash);
    }
  }

  /// A call that would have these held at a node was not answered within its time.
  void unanswered(String nodeId, Collection<Hash> hashes, Deadline deadline) {
    doubt(nodeId, hashes, nanoTime.getAsLong() + Math.max(0, deadline.remainingNanos()));
  }

  private void doubt(String nodeId, Collection<Hash> hashes, long untilNanos) {
    if (!hashes.isEmpty()) {
      doubts.add(new Doubts.Doubt(nodeId, List.copyOf(hashes), untilNanos));
    }
  }

  Set<Hash> hold(Held held, Collection<Hash> hashes, Deadline deadline) {
    Set<String> living = port.living();
    Set<Hash> open = new LinkedHashSet<>(hashes);
    open.removeIf(hash -> held.isAt(hash, living) || isHeldAlready(held, hash, living));
    Map<Hash, List<String>> candidates = new HashMap<>();
    boolean more = !open.isEmpty();
    for (int rank = 0; more; rank++) {
      Map<String, List<Hash>> byNode = new LinkedHashMap<>();
      for (Hash hash : open) {
        List<String> ids = candidates.computeIfAbsent(hash, port::candidates);
        if (rank < ids.size()) {
          byNode.computeIfAbsent(ids.get(rank), _ -> new ArrayList<>()).add(hash);
        }
      }
      byNode.forEach((node, asked) -> open.removeAll(holdAt(held, node, asked, deadline)));
      more = !byNode.isEmpty() && !open.isEmpty();
    }
    return open;
  }

  private boolean isHeldAlready(Held held, Hash hash, Set<String> nodes) {
    // Half a lease ahead: by then it has been renewed, or has lapsed for everybody.
    long later = nanoTime.getAsLong() + keeper.ttl().toNanos() / 4;
    String node = keeper.living() == null ? null : book.join(hash, later, nodes);
    if (node == null) {
      return false;
    }
    add(held, node, Set.of(hash));
    return true;
  }

  /// What was counted belongs to a scope now, unless it is closed or has it already.
  private void add(Held held, String node, Set<Hash> counted) {
    Map<Hash, Set<String>> twice = new HashMap<>();
    for (Hash hash : counted) {
      if (!held.add(hash, node)) {
        twice.put(hash, Set.of(node));
      }
    }
    if (!twice.isEmpty()) {
      release(book.dropped(List.of(twice)));
    }
  }

  /// Those that the node holds now.
  private Set<Hash> holdAt(Held held, String node, List<Hash> hashes, Deadline deadline) {
    Set<Hash> present = new HashSet<>();
    List<Hash> open = hashes;
    for (int attempt = 0; !open.isEmpty() && attempt < AGAIN_MAX; attempt++) {
      Set<Hash> stale = new HashSet<>();
      present.addAll(holdOnce(held, node, open, deadline, stale));
      present.removeAll(stale);
      open = List.copyOf(stale);
    }
    return present;
  }

  /// @param stale gets those that others have let go of meanwhile
  /// @return those that the node has
  private Set<Hash> holdOnce(
      Held held, String node, List<Hash> hashes, Deadline deadline, Set<Hash> stale) {
    for (int attempt = 0; ; attempt++) {
      LeaseTerms terms = keeper.terms(deadline, book::nextOrder);
      long askedNanos = nanoTime.getAsLong();
      try {
        Set<Hash> present = new HashSet<>(hashes);
        present.removeAll(port.hold(node, terms, hashes, deadline));
        stale.addAll(note(held, node, present, terms, askedNanos));
        return present;
      } catch (StaleLease e) {
        keeper.lapsed(terms.proof());
        if (attempt > 0) {
          throw e;
        }
      } catch (OutOfCredits e) {
        throw e;
      } catch (FabricException e) {
        unanswered(node, hashes, deadline);
        return Set.of(); // the node is away: the next one may have them
      }
    }
  }

  /// @return those that others have let go of meanwhile
  private Set<Hash> note(
      Held held, String node, Set<Hash> hashes, LeaseTerms terms, long askedNanos) {
    long untilNanos = askedNanos + LeaseTerms.reliableNanos(terms.ttl());
    Set<Hash> stale = book.held(node, hashes, terms.proof().token(), untilNanos, terms.order());
    Set<Hash> counted = new HashSet<>(hashes);
    counted.removeAll(stale);
    add(held, node, counted);
    return stale;
  }

  /// Lets go of what ended scopes have held.
  void release(Collection<Held> ended) {
    List<Map<Hash, Set<String>>> places = new ArrayList<>(ended.size());
    for (Held held : ended) {
      scopes.remove(held);
      places.add(held.end());
    }
    release(book.dropped(places));
  }

  private void release(HoldBook.Unheld unheld) {
    LeaseKeeper.Living living = keeper.living();
    if (living != null) {
      unheld
          .byNode()
          .forEach((node, hashes) -> release(node, living.proof(), unheld.order(), hashes));
    }
  }

  private void release(String node, LeaseProof proof, long order, List<Hash> hashes) {
    // Who is interrupted can call nobody, and would only break a connection that others use.
    boolean isReleased =
        !Thread.currentThread().isInterrupted() && isReleased(node, proof, order, hashes);
    if (!isReleased) {
      doubt(node, hashes, nanoTime.getAsLong());
    }
  }

  private boolean isReleased(String node, LeaseProof proof, long order, List<Hash> hashes) {
    try {
      port.release(node, proof, order, hashes, Deadline.after(callTimeout));
      return true;
    } catch (StaleLease e) {
      return true; // what was held under it goes with its time, or is held anew by who counts it
    } catch (FabricException e) {
      return false;
    }
  }

  /// Lets go of what nodes may hold and nobody counts.
  private void settleDoubts() {
    LeaseKeeper.Living living = keeper.living();
    if (living == null) {
      return; // its time is over at the nodes, too, or will be
    }
    Set<String> nodes = port.living();
    for (Doubts.Doubt doubt : doubts.take()) {
      boolean mayStillBegin = doubt.untilNanos() - nanoTime.getAsLong() > 0;
      HoldBook.Unheld unheld = book.uncounted(doubt.nodeId(), doubt.hashes());
      List<Hash> hashes = unheld.byNode().getOrDefault(doubt.nodeId(), List.of());
      boolean isReleased =
          hashes.isEmpty() || isReleased(doubt.nodeId(), living.proof(), unheld.order(), hashes);
      if (nodes.contains(doubt.nodeId()) && (mayStillBegin || !isReleased)) {
        doubts.add(doubt);
      }
    }
  }

  /// Renews the lease when it is time, and tells the nodes.
  ///
  /// @return how long nothing is to be done
  public Duration tend() {
    settleDoubts();
    if (!book.isEmpty() && (keeper.living() == null || keeper.isDue())) {
      try {
        Deadline deadline = Deadline.after(callTimeout);
        LeaseTerms terms = keeper.terms(deadline, book::nextOrder);
        book.nodeIds().forEach(node -> tend(node, terms));
      } catch (FabricException e) {
        return keeper.ttl().dividedBy(20); // the control plane is away: there is some time left
      }
    }
    return keeper.ttl().dividedBy(8);
  }

  private void tend(String node, LeaseTerms terms) {
    long nowNanos = nanoTime.getAsLong();
    List<Hash> again = book.toHoldAgain(node, terms.proof().token(), nowNanos);
    try {
      Set<Hash> absent = port.hold(node, terms, again, Deadline.after(callTimeout));
      book.extended(node, terms.proof().token(), nowNanos + LeaseTerms.reliableNanos(terms.ttl()));
      absent.forEach(hash -> seekElsewhere(node, hash));
    } catch (StaleLease e) {
      keeper.lapsed(terms.proof());
    } catch (FabricException e) {
      // Its time goes on; the next round tries again.
    }
  }

  private void seekElsewhere(String node, Hash hash) {
    book.lost(node, hash);
    for (Held held : scopes) {
      if (held.lostAt(hash, node)
          && !hold(held, Set.of(hash), Deadline.after(callTimeout)).isEmpty()) {
        held.lost(hash);
      }
    }
  }

  /// Ends every hold, and the lease.
  void end() {
    LeaseKeeper.Living living = keeper.living();
    if (living != null) {
      for (String node : book.nodeIds()) {
        release(node, living.proof(), book.nextOrder(), List.copyOf(promised(node)));
      }
    }
    try {
      keeper.release();
    } catch (FabricException e) {
      // It ends by itself.
    }
  }
}
