package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.MemoryCalls;
import io.kogluktualuk.memnode.api.Reservation;
import io.kogluktualuk.memnode.api.ReserveResponse;
import io.kogluktualuk.memnode.api.SealResponse;
import io.kogluktualuk.memnode.api.SealResult;
import io.kogluktualuk.memnode.api.WriteWindow;
import io.kogluktualuk.rdma.transport.memory.RegisteredBuffer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Puts blobs on one node, in batches: reserve a window, WRITE them into it one behind the other,
/// seal it. A few small ones go through the session's standing window ([SmallPuts]).
///
/// While all windows of a node are lent it asks again, until the deadline. A window that has
/// expired on the way, or in which somebody else has written, is replaced by another,
/// [#ATTEMPTS_MAX] in all.
///
/// **Threading:** any thread.
/// **Bound:** one registered buffer and one window at a time.
final class BlobWriter {

  private static final int ATTEMPTS_MAX = 3;

  private final Buffers buffers;
  private final LocationCache locations;
  private final SmallPuts smallPuts;

  BlobWriter(Buffers buffers, LocationCache locations) {
    this.buffers = buffers;
    this.locations = locations;
    this.smallPuts = new SmallPuts(buffers);
  }

  /// Hears what became of each blob.
  interface Report {
    /// The node has it. May be heard more than once.
    void stored(NodeLink link, Blob blob);

    /// The node has not said what became of these: it may have them.
    default void unanswered(NodeLink link, List<Blob> blobs) {
      // who holds nothing need not know
    }

    /// The node does not have it by this attempt.
    void failed(Blob blob, FabricException reason);
  }

  /// What one window has left to do.
  ///
  /// @param waiting blobs that got no window
  /// @param lost blobs whose window was lost, and why
  private record Rest(List<Blob> waiting, List<Blob> lost, FabricException reason) {}

  void put(NodeLink link, List<Blob> blobs, PutTerms terms, Report report, Deadline deadline) {
    int from = 0;
    while (from < blobs.size()) {
      int to = from;
      long bytes = 0;
      do {
        bytes += blobs.get(to).length();
        to++;
      } while (to < blobs.size()
          && to - from < MemoryCalls.ITEMS_MAX
          && bytes + blobs.get(to).length() <= WriteWindow.BYTES_MAX);
      List<Blob> batch = blobs.subList(from, to);
      try {
        link.use(deadline, session -> putBatch(session, link, batch, terms, report, deadline));
      } catch (FabricException e) {
        if (e instanceof Unavailable || e instanceof DeadlineExceeded) {
          report.unanswered(link, batch);
        }
        blobs.subList(from, blobs.size()).forEach(blob -> report.failed(blob, e));
        return;
      }
      from = to;
    }
  }

  private boolean putBatch(
      Session session,
      NodeLink link,
      List<Blob> batch,
      PutTerms terms,
      Report report,
      Deadline deadline) {
    List<Blob> open = batch;
    if (SmallPuts.isFor(batch)) {
      open =
          smallPuts.put(
              session, batch, terms, (blob, at) -> stored(link, blob, at, report), deadline);
    }
    int attempts = 0;
    while (!open.isEmpty()) {
      if (deadline.hasPassed()) {
        throw new DeadlineExceeded(
            "memory node " + link.node().id() + ": no window became free in time");
      }
      Rest rest = putOnce(session, link, open, terms, report, deadline);
      if (!rest.lost().isEmpty()) {
        attempts++;
      }
      open = new ArrayList<>(rest.waiting());
      if (attempts < ATTEMPTS_MAX) {
        open.addAll(rest.lost());
      } else {
        rest.lost().forEach(blob -> report.failed(blob, rest.reason()));
      }
    }
    return true;
  }

  private Rest putOnce(
      Session session,
      NodeLink link,
      List<Blob> batch,
      PutTerms terms,
      Report report,
      Deadline deadline) {
    long askedNanos = System.nanoTime();
    ReserveResponse response = session.reserve(batch, terms, deadline);
    checkCount(link, batch.size(), response.items().size());
    List<Blob> granted = new ArrayList<>(batch.size());
    List<Blob> waiting = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      Blob blob = batch.get(i);
      switch (response.items().get(i)) {
        case Reservation.Present(BlobLocation location) -> stored(link, blob, location, report);
        case Reservation.Granted() -> granted.add(blob);
        case Reservation.Later() -> waiting.add(blob);
        case Reservation.Refusal(int tag) ->
            report.failed(blob, FabricException.ofTag(tag, response.failure()));
      }
    }
    NotFound expired = expired(link);
    if (granted.isEmpty()) {
      return new Rest(waiting, List.of(), expired);
    }
    WriteWindow window = window(link, granted, response);
    if (!write(session, granted, window, askedNanos + response.lifetime().toNanos(), deadline)) {
      return new Rest(waiting, granted, expired);
    }
    try {
      return seal(session, link, granted, window, waiting, report, deadline);
    } catch (NotFound e) {
      return new Rest(waiting, granted, e);
    }
  }

  private static NotFound expired(NodeLink link) {
    return new NotFound(
        "memory node " + link.node().id() + ": the window expired before it was written");
  }

  private static WriteWindow window(NodeLink link, List<Blob> granted, ReserveResponse response) {
    WriteWindow window = response.window();
    if (window == null || window.region().length() < totalBytes(granted)) {
      throw new MalformedEncoding(
          "memory node " + link.node().id() + ": no window for what it granted: " + window);
    }
    return window;
  }

  /// @return false when the window expired before all was written
  private boolean write(
      Session session, List<Blob> granted, WriteWindow window, long endNanos, Deadline deadline) {
    long total = totalBytes(granted);
    if (total == 0) {
      return true;
    }
    int next = 0;
    long written = 0;
    try (RegisteredBuffer buffer = buffers.acquire(Math.min(total, Blob.LENGTH_MAX), deadline)) {
      while (next < granted.size()) {
        int length = 0;
        while (next < granted.size()
            && length + granted.get(next).length() <= buffer.segment().byteSize()) {
          Blob blob = granted.get(next++);
          MemorySegment.copy(blob.bytes(), 0, buffer.segment(), length, blob.length());
          length += blob.length();
        }
        // After that the node denies it, which would cost the connection.
        if (System.nanoTime() - endNanos >= 0) {
          return false;
        }
        session.write(window.region(), written, buffer, length, deadline);
        written += length;
      }
    }
    return true;
  }

  static long totalBytes(List<Blob> blobs) {
    long bytes = 0;
    for (Blob blob : blobs) {
      bytes += blob.length();
    }
    return bytes;
  }

  private Rest seal(
      Session session,
      NodeLink link,
      List<Blob> granted,
      WriteWindow window,
      List<Blob> waiting,
      Report report,
      Deadline deadline) {
    SealResponse response = session.seal(window.id(), deadline);
    checkCount(link, granted.size(), response.items().size());
    List<Blob> damaged = new ArrayList<>();
    for (int i = 0; i < granted.size(); i++) {
      Blob blob = granted.get(i);
      switch (response.items().get(i)) {
        case SealResult.Sealed(BlobLocation location) -> stored(link, blob, location, report);
        case SealResult.Failed(int tag) -> {
          FabricException reason = FabricException.ofTag(tag, response.failure());
          if (reason instanceof Corruption) {
            damaged.add(blob);
          } else {
            report.failed(blob, reason);
          }
        }
      }
    }
    return new Rest(waiting, damaged, new Corruption(response.failure()));
  }

  private void stored(NodeLink link, Blob blob, BlobLocation location, Report report) {
    locations.located(blob.hash(), link.node().id(), location);
    report.stored(link, blob);
  }

  private static void checkCount(NodeLink link, int expected, int found) {
    if (expected != found) {
      throw new MalformedEncoding(
          "memory node "
              + link.node().id()
              + ": expected "
              + expected
              + " answers, found "
              + found);
    }
  }
}
