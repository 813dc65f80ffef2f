package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.OutOfCredits;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.SealResponse;
import io.kogluktualuk.memnode.api.SealResult;
import io.kogluktualuk.rdma.transport.memory.RegisteredBuffer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/// Puts a few small blobs by one WRITE into the session's standing window and one call. What does
/// not come right this way is left to the way of all blobs, which knows how to wait.
///
/// **Threading:** any thread.
final class SmallPuts {

  /// More are a batch, which gains little from standing windows.
  private static final int BLOBS_MAX = 32;

  private final Buffers buffers;

  SmallPuts(Buffers buffers) {
    this.buffers = buffers;
  }

  static boolean isFor(List<Blob> blobs) {
    return blobs.size() <= BLOBS_MAX && BlobWriter.totalBytes(blobs) <= StandingWindow.CELL_BYTES;
  }

  /// @param stored told of each blob that the node has now
  /// @return the blobs that the node does not have by this
  List<Blob> put(
      Session session,
      List<Blob> blobs,
      PutTerms terms,
      BiConsumer<Blob, BlobLocation> stored,
      Deadline deadline) {
    StandingWindow standing = session.standing(deadline);
    int offset = standing == null ? -1 : standing.acquire();
    if (standing == null || offset < 0) {
      return blobs;
    }
    try {
      write(session, standing, offset, blobs, deadline);
      SealResponse response = session.put(standing.window().id(), offset, blobs, terms, deadline);
      return outcome(blobs, response, stored);
    } catch (NotFound e) {
      session.forget(standing); // its time was over, or the node is another run
      return blobs;
    } catch (OutOfSpace | OutOfCredits e) {
      return blobs; // perhaps some of them are there, and who reserves can wait
    } finally {
      standing.release(offset);
    }
  }

  private void write(
      Session session, StandingWindow standing, int offset, List<Blob> blobs, Deadline deadline) {
    int length = 0;
    try (RegisteredBuffer buffer = buffers.acquire(StandingWindow.CELL_BYTES, deadline)) {
      for (Blob blob : blobs) {
        MemorySegment.copy(blob.bytes(), 0, buffer.segment(), length, blob.length());
        length += blob.length();
      }
      if (length > 0) {
        session.write(standing.window().region(), offset, buffer, length, deadline);
      }
    }
  }

  private static List<Blob> outcome(
      List<Blob> blobs, SealResponse response, BiConsumer<Blob, BlobLocation> stored) {
    if (response.items().size() != blobs.size()) {
      throw new MalformedEncoding(
          "expected " + blobs.size() + " answers, found " + response.items().size());
    }
    List<Blob> rest = new ArrayList<>();
    for (int i = 0; i < blobs.size(); i++) {
      switch (response.items().get(i)) {
        case SealResult.Sealed(BlobLocation location) -> stored.accept(blobs.get(i), location);
        case SealResult.Failed(int _) -> rest.add(blobs.get(i));
      }
    }
    return rest;
  }
}
