package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.memnode.api.SessionId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The windows that stand: each is one session's to write to and to seal parts of, as often as it
/// likes, until its lifetime is over. Then its slot is retired like any other.
///
/// A session that writes to its window while it is sealed can only make that seal fail, since
/// what is verified is a copy ([Verifiers#copy]).
///
/// **Threading:** one thread at a time; under the [StoreLock]. The time is passed in. **Bound:**
/// [#windowsMax]; the slots that remain are for reservations, which therefore never wait for
/// windows that stand idle.
final class StandingWindows {

  /// Their ids begin so far above those of [WindowTable] that none is taken for another.
  private static final long IDS_FROM = 1L << 62;

  /// Lent for a while.
  record Standing(SessionId owner, WindowSlot slot, long expiresNanos) {}

  private final long lifetimeNanos;
  private final int windowsMax;
  private final Map<Long, Standing> open = new LinkedHashMap<>();
  private long nextId;

  /// @param firstId as that of [WindowTable]
  StandingWindows(long lifetimeNanos, int windowsMax, long firstId) {
    this.lifetimeNanos = lifetimeNanos;
    this.windowsMax = windowsMax;
    this.nextId = IDS_FROM + firstId;
  }

  int size() {
    return open.size();
  }

  boolean hasRoom() {
    return open.size() < windowsMax;
  }

  /// Opens a window and returns its id.
  long open(SessionId owner, WindowSlot slot, long nowNanos) {
    long id = nextId++;
    open.put(id, new Standing(owner, slot, nowNanos + lifetimeNanos));
    return id;
  }

  /// Where a session's window lies.
  ///
  /// @throws NotFound when there is none, any more
  /// @throws Refused when it is another session's
  WindowSlot use(long id, SessionId session, long nowNanos) {
    Standing standing = open.get(id);
    if (standing == null || standing.expiresNanos() - nowNanos <= 0) {
      throw new NotFound("standing window " + id + " is unknown or expired");
    }
    if (!standing.owner().equals(session)) {
      throw new Refused("standing window " + id + " has been lent to another session");
    }
    return standing.slot();
  }

  /// Removes and returns the windows that have expired.
  List<Standing> sweep(long nowNanos) {
    List<Standing> expired = new ArrayList<>();
    Iterator<Standing> oldest = open.values().iterator();
    while (oldest.hasNext()) {
      Standing standing = oldest.next();
      if (standing.expiresNanos() - nowNanos > 0) {
        break; // all live equally long
      }
      oldest.remove();
      expired.add(standing);
    }
    return expired;
  }
}
