package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.SessionId;
import java.util.ArrayList;
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
  final List<WindowSlot> free;

  /// How many have blocks of the disk.
  int backed;

  private final int heldMax;
  private final Map<SessionId, Integer> held = new HashMap<>();

  SlotClass(int length, List<WindowSlot> slots, Condition changed) {
    this.length = length;
    this.free = new ArrayList<>(slots);
    this.heldMax = Math.max(1, slots.size() / 2);
    this.changed = changed;
  }

  /// Takes any free slot out; null when there is none, or this session has its share.
  @Nullable WindowSlot draw(SessionId session, RandomGenerator random) {
    if (free.isEmpty() || held.getOrDefault(session, 0) >= heldMax) {
      return null;
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
