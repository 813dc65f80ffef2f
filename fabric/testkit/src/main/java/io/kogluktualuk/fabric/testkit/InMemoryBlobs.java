package io.kogluktualuk.fabric.testkit;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// A store on the heap, for tests of what is built on stores.
///
/// **Threading:** safe for any number of threads.
public final class InMemoryBlobs implements BlobStore {

  private final Map<Hash, Blob> blobs = new ConcurrentHashMap<>();

  @Override
  public Blob get(Hash hash) {
    Blob blob = blobs.get(hash);
    if (blob == null) {
      throw new NotFound("blob " + hash + " is not in this store");
    }
    return blob;
  }

  @Override
  public void put(List<Blob> added) {
    added.forEach(blob -> blobs.put(blob.hash(), blob));
  }

  @Override
  public Set<Hash> missing(Collection<Hash> hashes) {
    return hashes.stream().filter(hash -> !blobs.containsKey(hash)).collect(Collectors.toSet());
  }

  /// Loses blobs, as a memory node does that dies.
  public void lose(Collection<Hash> hashes) {
    blobs.keySet().removeAll(hashes);
  }

  /// The names of all blobs.
  public Set<Hash> hashes() {
    return Set.copyOf(blobs.keySet());
  }

  /// How many different blobs there are.
  public int size() {
    return blobs.size();
  }
}
