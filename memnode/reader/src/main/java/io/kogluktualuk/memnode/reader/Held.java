package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Blobs that stay where they are until this is closed, as long as the session's lease is kept.
///
/// **Threading:** any thread. **Ownership:** [#close] lets go of all of them; closing twice is
/// closing once. **Bound:** what its user adds.
public final class Held implements AutoCloseable {

  private final Leases leases;

  /// Where each is held. Guarded by itself, and so is the flag.
  private final Map<Hash, Set<String>> places = new HashMap<>();

  private final Set<Hash> lost = new HashSet<>();
  private boolean isClosed;

  Held(Leases leases) {
    this.leases = leases;
  }

  /// Holds more blobs.
  ///
  /// @return those that no node has, or none that could be asked
  /// @throws io.kogluktualuk.fabric.fault.OutOfCredits when the account cannot pay for them
  public Set<Hash> hold(Collection<Hash> hashes, Deadline deadline) {
    return leases.hold(this, hashes, deadline);
  }

  /// Those that were held, and that their node did not have any more after the lease had lapsed.
  public Set<Hash> lost() {
    synchronized (places) {
      return Set.copyOf(lost);
    }
  }

  public int size() {
    synchronized (places) {
      return places.size();
    }
  }

  Leases leases() {
    return leases;
  }

  /// Whether it holds a blob at one of these nodes.
  boolean isAt(Hash hash, Set<String> nodes) {
    synchronized (places) {
      return places.getOrDefault(hash, Set.of()).stream().anyMatch(nodes::contains);
    }
  }

  /// @return false when it is held there already or the scope is closed: the caller has held it
  ///     once too often
  boolean add(Hash hash, String nodeId) {
    synchronized (places) {
      return !isClosed && places.computeIfAbsent(hash, _ -> new HashSet<>()).add(nodeId);
    }
  }

  /// Notes that a node has lost a blob.
  ///
  /// @return whether this scope held it there and nowhere else
  boolean lostAt(Hash hash, String nodeId) {
    synchronized (places) {
      Set<String> nodes = places.get(hash);
      boolean isLast = nodes != null && nodes.remove(nodeId) && nodes.isEmpty();
      if (isLast) {
        places.remove(hash);
      }
      return isLast;
    }
  }

  void lost(Hash hash) {
    synchronized (places) {
      lost.add(hash);
    }
  }

  @Override
  public void close() {
    leases.release(List.of(this));
  }

  /// Closes scopes of one session, by one call to each node for all of them.
  ///
  /// @throws IllegalArgumentException when they are of several sessions
  public static void closeAll(Collection<Held> scopes) {
    if (scopes.isEmpty()) {
      return;
    }
    Leases of = scopes.iterator().next().leases;
    if (scopes.stream().anyMatch(scope -> scope.leases != of)) {
      throw new IllegalArgumentException("scopes of several sessions cannot be closed together");
    }
    of.release(scopes);
  }

  /// Ends the scope.
  ///
  /// @return where it held what
  Map<Hash, Set<String>> end() {
    synchronized (places) {
      isClosed = true;
      Map<Hash, Set<String>> last = Map.copyOf(places);
      places.clear();
      return last;
    }
  }
}
