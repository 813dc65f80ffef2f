package io.kogluktualuk.computenode.runtime.store;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.LentBlob;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/// A node's blobs as one transaction uses them: what passes is counted, and what it makes costs
/// the time since it began.
///
/// **Threading:** safe for any number of threads.
public final class CountingBlobs implements Shelf {

  private final LocalBlobs blobs;
  private final LongAdder read;
  private final LongAdder written;
  private final boolean isAgain;
  private final LongSupplier nanoTime;
  private final long startNanos;

  /// @param read bytes that had to be fetched from memory nodes
  /// @param written bytes of blobs that were made here
  /// @param isAgain whether blobs are stored that this node has stored before, too: they may
  ///     be lost
  /// @param nanoTime a clock that never goes back
  public CountingBlobs(
      LocalBlobs blobs, LongAdder read, LongAdder written, boolean isAgain, LongSupplier nanoTime) {
    this.blobs = blobs;
    this.read = read;
    this.written = written;
    this.isAgain = isAgain;
    this.nanoTime = nanoTime;
    this.startNanos = nanoTime.getAsLong();
  }

  @Override
  public Blob get(Hash hash) {
    Blob blob = blobs.local(hash);
    if (blob == null) {
      blob = blobs.fetch(hash);
      read.add(blob.length());
    }
    return blob;
  }

  @Override
  public LentBlob lend(Hash hash) {
    LentBlob lent = blobs.lend(hash);
    if (lent.isFetched()) {
      read.add(lent.bytes().byteSize());
    }
    return lent;
  }

  @Override
  public void put(List<Blob> made) {
    put(made, Worth.output(nanoTime.getAsLong() - startNanos));
  }

  @Override
  public void put(List<Blob> made, Worth worth) {
    made.forEach(blob -> written.add(blob.length()));
    if (isAgain) {
      blobs.putAgain(made, worth);
    } else {
      blobs.put(made, worth);
    }
  }

  @Override
  public Set<Hash> missing(Collection<Hash> hashes) {
    return blobs.missing(hashes);
  }

  @Override
  public List<Blob> getAll(List<Hash> hashes) {
    Set<Hash> absent = new HashSet<>(hashes);
    absent.removeIf(hash -> blobs.local(hash) != null);
    List<Blob> all = blobs.getAll(hashes);
    for (Blob blob : all) {
      if (absent.remove(blob.hash())) {
        read.add(blob.length());
      }
    }
    return all;
  }
}
