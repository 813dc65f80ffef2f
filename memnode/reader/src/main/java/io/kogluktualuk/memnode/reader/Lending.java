package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.LentBlob;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.rdma.transport.memory.RegisteredBuffer;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Lends blobs where one-sided reads have put them, and keeps them there.
///
/// When there is no room to keep one, it is copied to the heap, so that whoever borrows for long
/// never takes a buffer that transfers wait for.
///
/// **Threading:** any thread.
final class Lending {

  private final BlobFetcher fetcher;
  private final Buffers buffers;
  private final KeptBlobs kept;
  private final Tally tally;

  Lending(BlobFetcher fetcher, Buffers buffers, KeptBlobs kept, Tally tally) {
    this.fetcher = fetcher;
    this.buffers = buffers;
    this.kept = kept;
    this.tally = tally;
  }

  LentBlob lend(Hash hash, Deadline deadline) {
    Fetched here = kept.lend(hash);
    if (here != null) {
      tally.keptHits.increment();
      return new InPlace(here, here.bytes(), false);
    }
    KeptOrNot landing = new KeptOrNot();
    Fetched fetched = fetcher.fetch(hash, landing, deadline);
    KeptBlobs.Room room = landing.room;
    if (room != null) {
      room.keep(hash);
      return new InPlace(fetched, fetched.bytes(), true);
    }
    try (fetched) {
      return LentBlob.of(copy(hash, fetched.bytes()), true);
    }
  }

  /// A blob that is kept, on the heap; null when it is not kept.
  @Nullable Blob copyOfKept(Hash hash) {
    try (Fetched here = kept.lend(hash)) {
      if (here == null) {
        return null;
      }
      tally.keptHits.increment();
      return copy(hash, here.bytes());
    }
  }

  private Blob copy(Hash hash, MemorySegment bytes) {
    return BatchFetcher.copy(hash, bytes, tally);
  }

  /// Room among the kept, else a buffer for a transfer.
  private final class KeptOrNot implements Landing {
    KeptBlobs.@Nullable Room room;

    @Override
    public RegisteredBuffer acquire(long bytes, Deadline deadline) {
      room = kept.reserve(bytes);
      return room == null ? buffers.acquire(bytes, deadline) : room.buffer();
    }
  }

  private record InPlace(Fetched fetched, MemorySegment bytes, boolean isFetched)
      implements LentBlob {
    @Override
    public @Nullable Blob lasting() {
      return null;
    }

    @Override
    public void close() {
      fetched.close();
    }
  }
}
