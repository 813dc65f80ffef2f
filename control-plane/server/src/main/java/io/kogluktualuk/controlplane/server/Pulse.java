package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.controlplane.api.Heartbeat;
import io.kogluktualuk.controlplane.api.Load;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.api.Role;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/// Which members were heard lately. Nobody agrees on it: it is what this node happened to hear
/// since it started.
///
/// **Threading:** any thread. **Bound:** one beat for each id that was told, which are
/// members', until [#keep].
final class Pulse {

  private record Beat(long atNanos, Load load, long incarnation) {}

  private final LongSupplier nanoClock;
  private final long silentAfterNanos;
  private final long startedAtNanos;
  private final Map<NodeId, Beat> beats = new ConcurrentHashMap<>();

  Pulse(LongSupplier nanoClock, Duration silentAfter) {
    this.nanoClock = nanoClock;
    this.silentAfterNanos = silentAfter.toNanos();
    this.startedAtNanos = nanoClock.getAsLong();
  }

  /// @param beat of a member
  void heard(Heartbeat beat) {
    beats.put(beat.id(), new Beat(nanoClock.getAsLong(), beat.load(), beat.incarnation()));
  }

  /// A member has registered; it has said nothing else yet.
  void registered(NodeId id) {
    beats.put(id, new Beat(nanoClock.getAsLong(), Load.NONE, 0));
  }

  void forget(NodeId id) {
    beats.remove(id);
  }

  /// Forgets those that are members no more, as when another took their place.
  ///
  /// @param isMember must not change meanwhile
  void keep(Predicate<NodeId> isMember) {
    beats.keySet().removeIf(isMember.negate());
  }

  /// Of how many something is remembered.
  int size() {
    return beats.size();
  }

  /// A member and what was heard of it. One never heard counts from the start of this node.
  /// Control nodes give no signs of life here: the log knows who of them is there.
  Member of(MemberInfo info, MemberState state) {
    Beat beat = beats.getOrDefault(info.id(), new Beat(startedAtNanos, Load.NONE, 0));
    boolean isBeating = info.role() != Role.CONTROL;
    long unheard = isBeating ? Math.max(0, nanoClock.getAsLong() - beat.atNanos) : 0;
    return new Member(
        info,
        state,
        unheard > silentAfterNanos,
        TimeUnit.NANOSECONDS.toMillis(unheard),
        beat.load,
        beat.incarnation);
  }
}
