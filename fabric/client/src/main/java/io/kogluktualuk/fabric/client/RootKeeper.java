package io.kogluktualuk.fabric.client;

import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.RequestId;
import io.kogluktualuk.controlplane.api.Root;
import io.kogluktualuk.controlplane.api.RootName;
import io.kogluktualuk.controlplane.api.SetRoot;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Mark;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.namespace.TreeDiff;
import io.kogluktualuk.fabric.namespace.TreeDiff.Difference.Added;
import io.kogluktualuk.fabric.namespace.TreeDiff.Difference.Changed;
import io.kogluktualuk.fabric.namespace.TreeDiff.Difference.Removed;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.Held;
import io.kogluktualuk.memnode.reader.Pins;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Gives names to values, so that nothing that a named value reaches is lost on the way.
///
/// First everything that it reaches is held under this session's lease; what is lost of it a
/// compute node makes again. Then it is pinned wherever there is a copy; then the name is set;
/// then the holds end. A collection that has begun before the name was set sees blobs that were
/// held, or let go of after it had begun: it keeps them ([io.kogluktualuk.memnode.api.Fate]).
///
/// **Threading:** one thread at a time.
final class RootKeeper {

  /// Generations may begin while we pin, each a collection; two in a row are a coincidence.
  private static final int ATTEMPTS_MAX = 4;

  private static final int NAMED_MAX = 5;

  private final ControlClient control;
  private final Membership membership;
  private final FabricBlobs blobs;
  private final Mender mender;
  private final Duration timeout;

  RootKeeper(
      ControlClient control,
      Membership membership,
      FabricBlobs blobs,
      Mender mender,
      Duration timeout) {
    this.control = control;
    this.membership = membership;
    this.blobs = blobs;
    this.mender = mender;
    this.timeout = timeout;
  }

  /// @return the revision
  /// @throws NotFound when parts of the value are nowhere, and nobody can make them again
  /// @throws Conflict when the root has another revision than expected
  long set(RequestId request, RootName name, @Nullable Long expected, Ref value) {
    return set(
        new SetRoot(request, name, expected, value),
        value,
        (mark, store) -> mark.visit(value.toString(), value, store));
  }

  /// As [#set], where the root has a value that the new one shares most with: only what differs is
  /// looked at, held and pinned. The rest is reached by the root for as long as it has that
  /// revision, so whichever of both a collection finds, it is marked.
  ///
  /// @param former what the root names now
  /// @throws Conflict when the root has another revision than that
  long replace(RequestId request, Root former, Ref value) {
    return set(
        new SetRoot(request, former.name(), former.revision(), value),
        value,
        (mark, store) -> markDifferent(mark, store, former.ref(), value));
  }

  /// Which parts of a value are to be held and pinned.
  private interface Parts {
    void mark(Mark mark, BlobStore store);
  }

  private static void markDifferent(Mark mark, BlobStore store, Ref former, Ref value) {
    String name = value.toString();
    TreeDiff.between(
        store,
        former,
        value,
        new TreeDiff.Listener() {
          @Override
          public void read(Ref piece) {
            mark.add(name, piece.hash());
          }

          @Override
          public void differs(TreeDiff.Difference difference) {
            switch (difference) {
              case Added(var _, Ref ref) -> mark.visit(name, ref, store);
              case Changed(var _, Ref _, Ref after) -> mark.visit(name, after, store);
              case Removed _ -> {}
            }
          }
        });
  }

  private long set(SetRoot ask, Ref value, Parts parts) {
    try (Held held = blobs.leases().open()) {
      Mark mark = hold(value, parts, held);
      pin(value, mark.hashes());
      return control.setRoot(ask);
    }
  }

  private Mark hold(Ref value, Parts parts, Held held) {
    for (int attempt = 0; ; attempt++) {
      Mark mark = new Mark();
      parts.mark(mark, new MendedBlobs(blobs, mender, value));
      Collection<Hash> absent = held.hold(mark.hashes(), Deadline.after(timeout));
      if (absent.isEmpty() && mark.unreadable().isEmpty()) {
        return mark;
      }
      String reason = attempt > 0 ? "lost again" : mender.mend(value);
      if (!reason.isEmpty()) {
        throw lost(value, absent, mark.unreadable(), reason);
      }
    }
  }

  private static NotFound lost(
      Ref value, Collection<Hash> absent, List<String> unreadable, String reason) {
    List<String> parts = new ArrayList<>(unreadable);
    absent.forEach(hash -> parts.add(hash.toHex()));
    return new NotFound(
        "of what "
            + value
            + " reaches, "
            + parts.size()
            + (parts.size() == 1 ? " part is" : " parts are")
            + " on no memory node: "
            + parts.stream().limit(NAMED_MAX).collect(Collectors.joining(", "))
            + (parts.size() > NAMED_MAX ? ", …; " : "; ")
            + reason);
  }

  private void pin(Ref value, List<Hash> hashes) {
    for (int attempt = 1; ; attempt++) {
      Pins pins = new Pins(blobs.nodes(), timeout);
      try {
        pins.stamp(membership.memoryNodes(), control.pinGeneration(), hashes);
      } catch (Conflict e) {
        if (attempt == ATTEMPTS_MAX) {
          throw e;
        }
        continue;
      }
      List<Hash> left = hashes.stream().filter(hash -> !pins.pinned().contains(hash)).toList();
      if (left.isEmpty()) {
        return;
      }
      for (FabricException failure : pins.failures().values()) {
        throw failure; // it may have what no other node has
      }
      throw lost(value, left, List.of(), "they went while they were being pinned");
    }
  }
}
