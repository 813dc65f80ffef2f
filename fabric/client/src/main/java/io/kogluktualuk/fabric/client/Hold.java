package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Mark;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.Held;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Values that stay in the fabric until this is closed, whatever else needs the room.
///
/// {@snippet file="Holding.java" region="hold"}
///
/// A value is held whole: a list with its chunks, a tree with all that it reaches; a thunk is one
/// blob. What is added twice is to be released twice. The lease behind it is renewed by the
/// session as long as something is held; when this process dies, or cannot reach the control
/// plane for [ClientSettings#lease], it ends by itself.
///
/// **Cost:** adding many values asks each memory node once for each 512 or so blobs, and not at
/// all for those that this session holds already; so does releasing. The account of the session is
/// charged for what it holds.
///
/// **Threading:** any thread. **Ownership:** whoever has opened it closes it; closing twice is
/// closing once. **Bound:** [#VALUES_MAX] values, [#BLOBS_MAX] blobs in one call.
/// **Errors:** [io.kogluktualuk.fabric.fault.OutOfCredits] when the account cannot pay,
/// [AlreadyClosed] after [#close].
public final class Hold implements AutoCloseable {

  /// A pipeline has some thousands on their way.
  public static final int VALUES_MAX = 1 << 16;

  /// 4 TiB in chunks; the hashes take 100 MiB.
  public static final int BLOBS_MAX = 1 << 20;

  private final FabricBlobs blobs;
  private final TimeLimit limit;
  private final Duration timeout;

  /// The scopes of each value, one for each time that it was added. Guarded by itself.
  private final Map<Ref, List<Held>> scopes = new HashMap<>();

  private int size;
  private boolean isClosed;

  Hold(FabricBlobs blobs, TimeLimit limit, Duration timeout) {
    this.blobs = blobs;
    this.limit = limit;
    this.timeout = timeout;
  }

  /// Holds one more value.
  ///
  /// @return whether it is held now; false when a part of it is on no memory node
  public boolean add(Ref ref) {
    return add(List.of(ref)).isEmpty();
  }

  /// Holds more values, those that are there; the others change nothing.
  ///
  /// @return those that are not held, because a part of them is on no memory node
  public Set<Ref> add(Collection<Ref> refs) {
    return limit.call(() -> addAll(refs));
  }

  private Set<Ref> addAll(Collection<Ref> refs) {
    checkRoom(refs.size());
    Set<Ref> absent = new LinkedHashSet<>();
    try (Held batch = blobs.leases().open()) {
      Map<Ref, Set<Hash>> parts = heldParts(refs, batch, absent);
      for (Ref ref : refs) {
        Set<Hash> own = parts.get(ref);
        if (own != null && !addHeld(ref, own)) {
          absent.add(ref);
        }
      }
    }
    return absent;
  }

  /// Asks no node as a rule: the batch holds them.
  private boolean addHeld(Ref ref, Set<Hash> parts) {
    Held own = blobs.leases().open();
    boolean isKept = false;
    try {
      isKept = own.hold(parts, deadline()).isEmpty() && keep(ref, own);
      return isKept;
    } finally {
      if (!isKept) {
        own.close();
      }
    }
  }

  /// Has all parts of the values held, by two calls to each node: what is named first, so that
  /// lists and trees can be read, then what they reach.
  private Map<Ref, Set<Hash>> heldParts(Collection<Ref> refs, Held batch, Set<Ref> absent) {
    Set<Hash> tops = new LinkedHashSet<>();
    refs.forEach(ref -> tops.add(ref.hash()));
    Set<Hash> gone = batch.hold(tops, deadline());
    Map<Ref, Set<Hash>> parts = new LinkedHashMap<>();
    Set<Hash> below = new LinkedHashSet<>();
    for (Ref ref : refs) {
      Set<Hash> own = gone.contains(ref.hash()) ? null : parts(ref, blobs);
      if (own == null) {
        absent.add(ref);
      } else {
        parts.put(ref, own);
        below.addAll(own);
        checkBlobs(below.size());
      }
    }
    Set<Hash> lost = batch.hold(below, deadline());
    parts.entrySet().removeIf(each -> isLost(each, lost, absent));
    return parts;
  }

  private static boolean isLost(Map.Entry<Ref, Set<Hash>> each, Set<Hash> lost, Set<Ref> absent) {
    boolean isLost = each.getValue().stream().anyMatch(lost::contains);
    if (isLost) {
      absent.add(each.getKey());
    }
    return isLost;
  }

  /// The blobs that a value consists of; null when it could not be read.
  private static @Nullable Set<Hash> parts(Ref ref, BlobStore store) {
    if (ref.kind() == Kind.BLOB || ref.kind() == Kind.THUNK) {
      return Set.of(ref.hash());
    }
    Mark mark = new Mark();
    mark.visit(ref.toString(), ref, store);
    checkBlobs(mark.size());
    return mark.unreadable().isEmpty() ? Set.copyOf(mark.hashes()) : null;
  }

  private static void checkBlobs(int found) {
    if (found > BLOBS_MAX) {
      throw new InvalidArgument(
          "one call holds at most " + BLOBS_MAX + " blobs, found " + found + " or more");
    }
  }

  private Deadline deadline() {
    return Deadline.after(timeout);
  }

  /// A scope in which something is put that this is to hold.
  Held openScope() {
    checkRoom(1);
    return blobs.leases().open();
  }

  /// Takes over a scope that holds a value.
  ///
  /// @return false when this has been closed meanwhile: the scope is still the caller's
  boolean keep(Ref ref, Held scope) {
    synchronized (scopes) {
      if (!isClosed) {
        scopes.computeIfAbsent(ref, _ -> new ArrayList<>(1)).add(scope);
        size++;
      }
      return !isClosed;
    }
  }

  private void checkRoom(int more) {
    synchronized (scopes) {
      if (isClosed) {
        throw new AlreadyClosed("the hold is closed");
      }
      if (more > VALUES_MAX - size) {
        throw new InvalidArgument(
            "a hold has at most " + VALUES_MAX + " values; found " + size + " and " + more);
      }
    }
  }

  /// Lets go of a value that was added once; of one that is not held, nothing happens.
  public void release(Ref ref) {
    release(List.of(ref));
  }

  /// Lets go of values, each as often as it is named, by one call to each memory node.
  public void release(Collection<Ref> refs) {
    List<Held> released = new ArrayList<>();
    synchronized (scopes) {
      for (Ref ref : refs) {
        List<Held> own = scopes.get(ref);
        if (own != null) {
          released.add(own.removeLast());
          size--;
          if (own.isEmpty()) {
            scopes.remove(ref);
          }
        }
      }
    }
    Held.closeAll(released);
  }

  /// What is held.
  public Set<Ref> refs() {
    synchronized (scopes) {
      return Set.copyOf(scopes.keySet());
    }
  }

  /// Those of [#refs] of which a part was lost although it was held: the lease had lapsed, because
  /// this process was stopped or the control plane was away for too long, or the nodes that had it
  /// are gone.
  public Set<Ref> lost() {
    Map<Ref, List<Held>> now;
    synchronized (scopes) {
      now = Map.copyOf(scopes);
    }
    Set<Ref> lost = new LinkedHashSet<>();
    now.forEach(
        (ref, own) -> {
          if (isLost(own)) {
            lost.add(ref);
          }
        });
    return lost;
  }

  private boolean isLost(List<Held> own) {
    synchronized (scopes) {
      return own.stream().anyMatch(scope -> !scope.lost().isEmpty());
    }
  }

  /// Lets go of everything.
  @Override
  public void close() {
    List<Held> all = new ArrayList<>();
    synchronized (scopes) {
      isClosed = true;
      scopes.values().forEach(all::addAll);
      scopes.clear();
      size = 0;
    }
    Held.closeAll(all);
  }
}
