package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.controlplane.api.Load;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.controlplane.api.NodeId;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Which members were heard lately. Nobody agrees on it: it is what this node happened to hear
/// since it started.
///
/// **Threading:** any thread. **Bound:** one beat for each id given to [#heard], which are
/// members'.
final class Pulse {

  private record Beat(long atNanos, Load load) {}

  private final LongSupplier nanoClock;
  private final long silentAfterNanos;
  private final long startedAtNanos;
  private final Map<NodeId, Beat> beats = new ConcurrentHashMap<>();

  /// Written once, before calls are answered.
  private volatile @Nullable NodeId self;

  Pulse(LongSupplier nanoClock, Duration silentAfter) {
    this.nanoClock = nanoClock;
    this.silentAfterNanos = silentAfter.toNanos();
    this.startedAtNanos = nanoClock.getAsLong();
  }

  /// @param id of a member
  void heard(NodeId id, Load load) {
    beats.put(id, new Beat(nanoClock.getAsLong(), load));
  }

  /// Names this node itself: whoever can ask has heard it.
  void alwaysHears(NodeId id) {
    self = id;
  }

  void forget(NodeId id) {
    beats.remove(id);
  }

  /// A member and what was heard of it. One never heard counts from the start of this node.
  Member of(MemberInfo info, MemberState state) {
    Beat beat = beats.getOrDefault(info.id(), new Beat(startedAtNanos, Load.NONE));
    long unheard = info.id().equals(self) ? 0 : Math.max(0, nanoClock.getAsLong() - beat.atNanos);
    return new Member(
        info, state, unheard > silentAfterNanos, TimeUnit.NANOSECONDS.toMillis(unheard), beat.load);
  }
}
