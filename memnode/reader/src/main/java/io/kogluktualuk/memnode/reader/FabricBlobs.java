package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.hash.Hash;
import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/// The blobs of all memory nodes of a fabric.
///
/// **Threading:** any number of threads.
public final class FabricBlobs implements BlobStore, AutoCloseable {

  private FabricBlobs() {}

  /// Opens the store.
  ///
  /// @param membership the memory nodes that live now; asked again when the answer is stale
  public static FabricBlobs open(Supplier<List<MemoryNode>> membership, ReaderSettings settings) {
    throw new UnsupportedOperationException(membership + " " + settings);
  }

  /// The same store, putting blobs on so many nodes. It shares everything with this one, and is
  /// closed with it.
  public BlobStore withReplicas(int replicas) {
    throw new UnsupportedOperationException("replicas " + replicas);
  }

  @Override
  public Blob get(Hash hash) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Blob> getAll(List<Hash> hashes) {
    throw new UnsupportedOperationException();
  }

  /// Lends the verified bytes of a blob without copying them out of the registered buffer.
  ///
  /// @param use what to do with them; the segment is read-only and must not be used afterwards
  public <R> R read(Hash hash, Function<MemorySegment, R> use) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void put(List<Blob> blobs) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Set<Hash> missing(Collection<Hash> hashes) {
    throw new UnsupportedOperationException();
  }

  /// What has happened since the start.
  public ReadCounts counts() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
