package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.SessionId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The slots of one size.
///
/// **Threading:** one thread at a time; [WindowSlots] holds its lock.
final class SlotClass {

  final int length;
  final Condition changed;

  /// Free slots that have blocks of the disk, and those that have none yet.
  final List<WindowSlot> free = new ArrayList<>();

  final Deque<WindowSlot> bare;

  /// How many have blocks, lent or not.
  int backed;

  private final int heldMax;
  private final Map<SessionId, Integer> held = new HashMap<>();

  SlotClass(int length, List<WindowSlot> slots, Condition changed) {
    this.length = length;
    this.bare = new ArrayDeque<>(slots);
    this.heldMax = Math.max(1, slots.size() / 2);
    this.changed = changed;
  }

  /// Takes any free slot that has blocks out; if there is none, the first of the others. Null when
  /// none is free, or this session has its share.
  @Nullable WindowSlot draw(SessionId session, RandomGenerator random) {
    if (held.getOrDefault(session, 0) >= heldMax) {
      return null;
    }
    if (free.isEmpty()) {
      return bare.pollFirst();
    }
    int drawn = random.nextInt(free.size());
    WindowSlot last = free.removeLast();
    return drawn == free.size() ? last : free.set(drawn, last);
  }

  /// Counts a slot that was drawn.
  void lent(SessionId session) {
    held.merge(session, 1, Integer::sum);
  }

  /// Uncounts it.
  void returned(SessionId session) {
    held.computeIfPresent(session, (_, count) -> count == 1 ? null : count - 1);
    changed.signalAll();
  }

  /// A slot can be lent again.
  void cameBack(WindowSlot slot) {
    free.add(slot);
    changed.signalAll();
  }

  /// @return false when the time is over
  boolean awaitChange(Deadline deadline) throws InterruptedException {
    long left = deadline.remainingNanos();
    return left > 0 && changed.awaitNanos(left) > 0;
  }
}
