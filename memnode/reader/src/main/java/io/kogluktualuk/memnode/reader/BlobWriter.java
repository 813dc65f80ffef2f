package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.MemoryCalls;
import io.kogluktualuk.memnode.api.Reservation;
import io.kogluktualuk.memnode.api.ReserveRequest;
import io.kogluktualuk.memnode.api.ReserveResponse;
import io.kogluktualuk.memnode.api.SealResponse;
import io.kogluktualuk.memnode.api.SealResult;
import io.kogluktualuk.rdma.transport.memory.RegisteredBuffer;
import io.kogluktualuk.rdma.transport.memory.RemoteRegion;
import io.kogluktualuk.rdma.transport.memory.Transfer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Puts blobs on one node: reserve, WRITE, seal, in batches.
///
/// **Threading:** any thread.
/// **Bound:** one registered buffer; at most [#BATCH_BYTES_MAX] in windows at a time.
final class BlobWriter {

  /// Blobs of one reservation. Four buffers' worth: enough to make the two control calls cheap,
  /// little enough to be written long before the windows expire.
  private static final long BATCH_BYTES_MAX = 16L << 20;

  /// How many writes are posted together: keeps well below the depth of a send queue.
  private static final int WRITES_MAX = 64;

  private final Buffers buffers;
  private final LocationCache locations;

  BlobWriter(Buffers buffers, LocationCache locations) {
    this.buffers = buffers;
    this.locations = locations;
  }

  /// Hears what became of each blob.
  interface Report {
    /// The node has it. May be heard more than once.
    void stored(NodeLink link, Blob blob);

    /// The node does not have it by this attempt.
    void failed(Blob blob, FabricException reason);
  }

  private record Granted(Blob blob, long window, BlobLocation location) {}

  void put(NodeLink link, List<Blob> blobs, Report report, Deadline deadline) {
    int from = 0;
    while (from < blobs.size()) {
      int to = from;
      long bytes = 0;
      do {
        bytes += blobs.get(to).length();
        to++;
      } while (to < blobs.size()
          && to - from < MemoryCalls.ITEMS_MAX
          && bytes + blobs.get(to).length() <= BATCH_BYTES_MAX);
      List<Blob> batch = blobs.subList(from, to);
      try {
        link.use(deadline, session -> putBatch(session, link, batch, report, deadline));
      } catch (FabricException e) {
        blobs.subList(from, blobs.size()).forEach(blob -> report.failed(blob, e));
        return;
      }
      from = to;
    }
  }

  private boolean putBatch(
      Session session, NodeLink link, List<Blob> batch, Report report, Deadline deadline) {
    long askedNanos = System.nanoTime();
    List<ReserveRequest.Item> items =
        batch.stream().map(blob -> new ReserveRequest.Item(blob.hash(), blob.length())).toList();
    ReserveResponse response = session.reserve(items, deadline);
    checkCount(link, batch.size(), response.items().size());
    List<Granted> granted = new ArrayList<>(batch.size());
    for (int i = 0; i < batch.size(); i++) {
      Blob blob = batch.get(i);
      switch (response.items().get(i)) {
        case Reservation.Present(BlobLocation location) -> stored(link, blob, location, report);
        case Reservation.Window(long window, BlobLocation location) ->
            granted.add(new Granted(blob, window, location));
        case Reservation.Refusal(int tag) ->
            report.failed(blob, FabricException.ofTag(tag, response.failure()));
      }
    }
    if (!granted.isEmpty()) {
      write(session, link, granted, response, askedNanos, deadline);
      seal(session, link, granted, report, deadline);
    }
    return true;
  }

  private void write(
      Session session,
      NodeLink link,
      List<Granted> granted,
      ReserveResponse response,
      long askedNanos,
      Deadline deadline) {
    int next = 0;
    try (RegisteredBuffer buffer = buffers.acquire(totalBytes(granted), deadline)) {
      while (next < granted.size()) {
        List<Transfer> transfers = new ArrayList<>();
        long at = 0;
        while (next < granted.size()
            && transfers.size() < WRITES_MAX
            && at + granted.get(next).blob().length() <= buffer.segment().byteSize()) {
          Granted each = granted.get(next++);
          int length = each.blob().length();
          if (length > 0) {
            MemorySegment.copy(each.blob().bytes(), 0, buffer.segment(), at, length);
            transfers.add(transfer(link, each, response, buffer, at));
          }
          at += length;
        }
        // A write after the window has expired could hit somebody else's.
        if (System.nanoTime() - askedNanos >= response.lifetime().toNanos()) {
          throw new Unavailable(
              "memory node " + link.node().id() + ": the windows expired before they were written");
        }
        session.writeAll(transfers, deadline);
      }
    }
  }

  private static long totalBytes(List<Granted> granted) {
    long bytes = granted.stream().mapToLong(each -> each.blob().length()).sum();
    return Math.min(bytes, Blob.LENGTH_MAX);
  }

  private static Transfer transfer(
      NodeLink link, Granted each, ReserveResponse response, RegisteredBuffer buffer, long at) {
    RemoteRegion region = response.writable().get(each.location().region());
    if (region == null || each.location().length() != each.blob().length()) {
      throw new MalformedEncoding(
          "memory node " + link.node().id() + ": a window that cannot be: " + each.location());
    }
    return new Transfer(region, each.location().offset(), buffer, at, each.blob().length());
  }

  private void seal(
      Session session, NodeLink link, List<Granted> granted, Report report, Deadline deadline) {
    SealResponse response = session.seal(granted.stream().map(Granted::window).toList(), deadline);
    checkCount(link, granted.size(), response.items().size());
    for (int i = 0; i < granted.size(); i++) {
      Blob blob = granted.get(i).blob();
      switch (response.items().get(i)) {
        case SealResult.Sealed(BlobLocation location) -> stored(link, blob, location, report);
        case SealResult.Failed(int tag) ->
            report.failed(blob, FabricException.ofTag(tag, response.failure()));
      }
    }
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
