package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.IndexEntry;
import io.kogluktualuk.memnode.api.IndexLayout;
import io.kogluktualuk.rdma.transport.memory.RegisteredBuffer;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Brings the verified bytes of one blob from one node, whatever the node does with it meanwhile.
///
/// A place is a hint: between the look at the index and the READ of the bytes a blob may have been
/// moved, spilled or dropped, and others may lie there. So wrong bytes mean *look again*, and the
/// index decides: nothing there, then the node does not have the blob; another entry, then it is
/// read there; the very same entry ([IndexEntry]), then it was there all the time and is damaged,
/// if that is still so with fresh knowledge of the node.
///
/// **Threading:** any thread. **Bound:** [#LOOKS_MAX] looks a call.
final class NodeFetcher {

  /// A node whose memory is far too small for its readers may spill a blob before it is read; after
  /// so many times it is another node's turn.
  private static final int LOOKS_MAX = 8;

  private final Buffers buffers;
  private final Judge judge;

  /// Decides whether bytes are the blob's.
  interface Judge {
    boolean accepts(Hash hash, MemorySegment bytes, String nodeId, BlobLocation place);
  }

  NodeFetcher(Buffers buffers, Judge judge) {
    this.buffers = buffers;
    this.judge = judge;
  }

  /// @param isAsked whether the node itself is asked when its index does not show the blob
  /// @param landing where the bytes go
  NodeAnswer fetch(Hash hash, NodeLink link, boolean isAsked, Landing landing, Deadline deadline) {
    IndexEntry wrong = null;
    boolean isRenewed = false;
    for (int look = 0; look < LOOKS_MAX; look++) {
      try {
        IndexEntry entry = isAsked && look == 0 ? null : lookUp(hash, link, deadline);
        if (entry != null && entry.equals(wrong) && isRenewed) {
          return new NodeAnswer.Damaged();
        }
        if (look > 1 && !isRenewed || entry != null && entry.equals(wrong)) {
          link.renew(deadline); // what is known of the node may be that of an earlier run of it
          isRenewed = true;
        }
        BlobLocation place = place(hash, link, entry, isAsked, deadline);
        if (place == null) {
          return new NodeAnswer.Absent();
        }
        Fetched fetched = read(hash, link, place, landing, deadline);
        if (fetched != null) {
          return new NodeAnswer.Bytes(fetched, place);
        }
        wrong = entry != null && place.equals(entry.location()) ? entry : null;
      } catch (FabricException e) {
        return new NodeAnswer.Failed(e);
      }
    }
    return new NodeAnswer.Moving(LOOKS_MAX);
  }

  private @Nullable IndexEntry lookUp(Hash hash, NodeLink link, Deadline deadline) {
    try (RegisteredBuffer buffer = buffers.acquire(IndexLayout.PROBE_BYTES, deadline)) {
      return link.use(deadline, session -> session.lookUp(List.of(hash), buffer, deadline))
          .get(hash);
    }
  }

  /// Where the blob is in the node's memory now; null when the node does not have it.
  private static @Nullable BlobLocation place(
      Hash hash, NodeLink link, @Nullable IndexEntry entry, boolean isAsked, Deadline deadline) {
    BlobLocation place = entry == null ? null : entry.location();
    if (place == null && isAsked) {
      place = link.use(deadline, session -> session.locate(List.of(hash), deadline)).get(hash);
    }
    return place != null && place.isSpilled() ? promote(hash, link, deadline) : place;
  }

  /// Has the node bring the blob back to memory.
  ///
  /// @return null when it turned out to be damaged, or has gone
  /// @throws OutOfSpace when the node's memory has no room for it now
  private static @Nullable BlobLocation promote(Hash hash, NodeLink link, Deadline deadline) {
    BlobLocation place =
        link.use(deadline, session -> session.promote(List.of(hash), deadline)).get(hash);
    if (place != null && place.isSpilled()) {
      throw new OutOfSpace(
          "memory node " + link.node().id() + ": its memory has no room now for blob " + hash);
    }
    return place;
  }

  /// One READ and its verification; null when the bytes are not the blob's.
  @Nullable Fetched read(
      Hash hash, NodeLink link, BlobLocation place, Landing landing, Deadline deadline) {
    int length = place.length();
    RegisteredBuffer buffer = landing.acquire(length, deadline);
    boolean isAccepted = false;
    try {
      if (length > 0) {
        link.use(deadline, session -> read(session, place, buffer, deadline));
      }
      MemorySegment bytes = buffer.segment().asSlice(0, length);
      isAccepted = judge.accepts(hash, bytes, link.node().id(), place);
      return isAccepted ? new Fetched(buffer, length) : null;
    } finally {
      if (!isAccepted) {
        buffer.close();
      }
    }
  }

  private static boolean read(
      Session session, BlobLocation place, RegisteredBuffer buffer, Deadline deadline) {
    session.read(place, buffer, deadline);
    return true;
  }
}
