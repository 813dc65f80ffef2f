package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.rdma.transport.memory.RegisteredBuffer;
import io.kogluktualuk.rdma.transport.memory.Transfer;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Reads many places of one node into one buffer, behind each other, with the reads posted
/// together.
///
/// **Threading:** any thread. **Bound:** one buffer, [#READS_MAX] reads at a time.
final class PackedReads {

  /// How many reads are posted together: keeps well below the depth of a send queue.
  static final int READS_MAX = 64;

  /// Gets the bytes of each place; they are valid during the call.
  interface Sink {
    void read(int index, MemorySegment bytes);
  }

  private final Buffers buffers;

  PackedReads(Buffers buffers) {
    this.buffers = buffers;
  }

  /// How far a batch that begins at `from` goes.
  ///
  /// @return the index after its last; at least one place is in it
  static int end(List<BlobLocation> places, int from) {
    int to = from;
    long bytes = 0;
    do {
      bytes += places.get(to).length();
      to++;
    } while (to < places.size()
        && to - from < READS_MAX
        && bytes + places.get(to).length() <= Blob.LENGTH_MAX);
    return to;
  }

  /// @param places in regions, and not more than [#end] says
  void read(NodeLink link, List<BlobLocation> places, Sink sink, Deadline deadline) {
    long bytes = places.stream().mapToLong(BlobLocation::length).sum();
    try (RegisteredBuffer buffer = buffers.acquire(bytes, deadline)) {
      link.use(deadline, session -> readAll(session, places, buffer, deadline));
      long at = 0;
      for (int i = 0; i < places.size(); i++) {
        int length = places.get(i).length();
        sink.read(i, buffer.segment().asSlice(at, length));
        at += length;
      }
    }
  }

  private static boolean readAll(
      Session session, List<BlobLocation> places, RegisteredBuffer buffer, Deadline deadline) {
    List<Transfer> transfers = new ArrayList<>(places.size());
    long at = 0;
    for (BlobLocation place : places) {
      if (place.length() > 0) {
        transfers.add(session.transfer(place, buffer, at, deadline));
      }
      at += place.length();
    }
    session.readAll(transfers, deadline);
    return true;
  }
}
