package io.kogluktualuk.memnode.store;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.hash.Hash;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a client may believe of the blobs of a store whose process or machine stops now and then.
///
/// What was acknowledged is as it was left when the process ends; what was under way then was done
/// or not. When the machine stops, each thing that was not synced may have been done or not, by
/// itself: whether the blob is there, its terms, its pin.
///
/// **Threading:** one thread.
final class Beliefs {

  /// How a blob is kept.
  ///
  /// @param keep null when it is not there
  record State(@Nullable Keep keep, int pin) {

    static final State ABSENT = new State(null, 0);

    boolean isPresent() {
      return keep != null;
    }
  }

  private static final class Belief {
    private State now = State.ABSENT;
    private @Nullable State next;

    /// What it was when it was last synced, and has been since.
    private final Set<State> since = new HashSet<>(List.of(State.ABSENT));
  }

  private final Map<Hash, Belief> all = new LinkedHashMap<>();
  private boolean hasMachineStopped;

  private Belief belief(Hash hash) {
    return all.computeIfAbsent(hash, _ -> new Belief());
  }

  /// How a blob is now.
  State now(Hash hash) {
    return belief(hash).now;
  }

  /// Those that are there now.
  List<Hash> present() {
    return all.keySet().stream().filter(hash -> now(hash).isPresent()).toList();
  }

  /// Something is about to be done to a blob.
  void begin(Hash hash, State next) {
    Belief belief = belief(hash);
    belief.next = next;
    belief.since.add(next);
  }

  /// It has been.
  void done(Hash hash) {
    Belief belief = belief(hash);
    if (belief.next != null) {
      belief.now = belief.next;
      belief.next = null;
    }
  }

  /// Everything that was done is on the device.
  void synced() {
    for (Belief belief : all.values()) {
      belief.since.clear();
      belief.since.add(belief.now);
    }
  }

  /// Not only a process.
  void machineStopped() {
    hasMachineStopped = true;
  }

  /// A blob is as this, or is not there, after a start.
  void found(Hash hash, State state) {
    Belief belief = belief(hash);
    boolean isRight =
        hasMachineStopped
            ? isPossible(belief.since, state)
            : state.equals(belief.now) || state.equals(belief.next);
    assertTrue(
        isRight,
        () ->
            hash
                + (hasMachineStopped ? " after a stop of the machine" : " after a kill")
                + " is "
                + state
                + "; it was "
                + belief.now
                + ", became "
                + belief.next
                + ", since the last sync: "
                + belief.since);
    belief.now = state;
    belief.next = null;
    belief.since.add(state);
  }

  private static boolean isPossible(Set<State> since, State found) {
    Keep keep = found.keep();
    return keep == null
        ? since.contains(State.ABSENT)
        : since.stream().anyMatch(each -> keep.equals(each.keep()))
            && since.stream().anyMatch(each -> each.isPresent() && each.pin() == found.pin());
  }

  /// All blobs have been looked at after a start.
  void started() {
    if (hasMachineStopped) {
      synced(); // the device had what was found
      hasMachineStopped = false;
    }
  }
}
