package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.SessionId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The write windows that are open.
///
/// A window is used once, by the session that reserved it: [#take] removes it. One that nobody
/// takes expires.
///
/// **Threading:** one thread at a time; under the [StoreLock]. The time is passed in.
/// **Bound:** the slots of [WindowSlots], since each window has one.
final class WindowTable {

  /// A blob to come.
  ///
  /// @param location the extent promised to it, which no peer can write to
  /// @param keep on what terms it is going to be kept
  record Pending(Hash hash, BlobLocation location, Keep keep) {}

  /// Room promised to some blobs.
  ///
  /// @param slot where they are written, one behind the other
  record Window(SessionId owner, WindowSlot slot, List<Pending> blobs, long expiresNanos) {

    Window {
      blobs = List.copyOf(blobs);
    }
  }

  private final long lifetimeNanos;
  private final Map<Long, Window> open = new LinkedHashMap<>();
  private int pending;
  private long nextId;

  /// @param firstId such that no window of an earlier run of the node is taken for one of this
  /// run
  WindowTable(long lifetimeNanos, long firstId) {
    this.lifetimeNanos = lifetimeNanos;
    this.nextId = firstId;
  }

  int size() {
    return open.size();
  }

  /// How many blobs all open windows are for.
  int pending() {
    return pending;
  }

  /// Opens a window and returns its id.
  long open(SessionId owner, WindowSlot slot, List<Pending> blobs, long nowNanos) {
    long id = nextId++;
    open.put(id, new Window(owner, slot, blobs, nowNanos + lifetimeNanos));
    pending += blobs.size();
    return id;
  }

  /// Uses a window up.
  ///
  /// @throws NotFound when there is none, any more
  /// @throws Refused when it is another session's: it stays open
  Window take(long id, SessionId session, long nowNanos) {
    Window window = open.get(id);
    if (window == null || window.expiresNanos() - nowNanos <= 0) {
      throw new NotFound("window " + id + " is unknown, used up or expired");
    }
    if (!window.owner().equals(session)) {
      throw new Refused("window " + id + " has been reserved by another session");
    }
    open.remove(id);
    pending -= window.blobs().size();
    return window;
  }

  /// Removes and returns the windows that have expired.
  List<Window> sweep(long nowNanos) {
    // All windows live equally long, so the oldest come first.
    List<Window> expired = new ArrayList<>();
    Iterator<Window> oldest = open.values().iterator();
    while (oldest.hasNext()) {
      Window window = oldest.next();
      if (window.expiresNanos() - nowNanos > 0) {
        break;
      }
      oldest.remove();
      pending -= window.blobs().size();
      expired.add(window);
    }
    return expired;
  }
}
