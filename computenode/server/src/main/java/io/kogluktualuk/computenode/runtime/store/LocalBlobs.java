package io.kogluktualuk.computenode.runtime.store;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The fabric's blobs as one compute node sees them: its cache, then what it is about to store,
/// then the memory nodes.
///
/// [#put] returns at once: the blob can be had here, and will be stored. What must be durable
/// waits for [#await].
///
/// **Threading:** safe for any number of threads. **Bound:** the cache by its bytes, what is
/// about to be stored by the [Publisher]'s queue.
public final class LocalBlobs implements BlobStore, AutoCloseable {

  private static final class Unstored {
    final Blob blob;
    volatile boolean isQueued;

    Unstored(Blob blob) {
      this.blob = blob;
    }
  }

  private final BlobStore fabric;
  private final BlobCache cache;
  private final Map<Hash, Unstored> unstored = new ConcurrentHashMap<>();
  private final Publisher publisher;
  private final OutcomeCache outcomes;

  /// @param name of the node, for the publisher's thread
  /// @param outcomes forgotten when something they may name is lost
  public LocalBlobs(
      String name, BlobStore fabric, MemoIndex index, OutcomeCache outcomes, long cacheBytesMax) {
    this.fabric = fabric;
    this.outcomes = outcomes;
    this.cache = new BlobCache(cacheBytesMax);
    this.publisher =
        new Publisher(
            name,
            fabric,
            index,
            new Publisher.Listener() {
              @Override
              public void onStored(List<Blob> blobs) {
                stored(blobs);
              }

              @Override
              public void onLost(List<Blob> blobs, FabricException reason) {
                lost(blobs);
              }
            });
    publisher.start();
  }

  @Override
  public Blob get(Hash hash) {
    Blob blob = local(hash);
    return blob != null ? blob : fetch(hash);
  }

  private @Nullable Blob local(Hash hash) {
    Blob blob = cache.get(hash);
    if (blob != null) {
      return blob;
    }
    Unstored waiting = unstored.get(hash);
    return waiting == null ? null : waiting.blob;
  }

  private Blob fetch(Hash hash) {
    Blob blob = fabric.get(hash);
    cache.add(blob);
    return blob;
  }

  @Override
  public void put(List<Blob> blobs) {
    for (Blob blob : blobs) {
      if (!cache.contains(blob.hash())) {
        enqueue(blob);
      }
    }
  }

  /// Returns with the blob in the queue, so that whatever names it is behind it.
  private void enqueue(Blob blob) {
    Unstored mine = new Unstored(blob);
    Unstored other = unstored.putIfAbsent(blob.hash(), mine);
    if (other == null) {
      publisher.enqueue(blob);
      mine.isQueued = true;
    } else if (!other.isQueued) {
      // Another thread is just about to; storing a blob twice does no harm.
      publisher.enqueue(blob);
    }
  }

  @Override
  public Set<Hash> missing(Collection<Hash> hashes) {
    List<Hash> unknown = hashes.stream().filter(hash -> local(hash) == null).toList();
    return unknown.isEmpty() ? Set.of() : fabric.missing(unknown);
  }

  @Override
  public List<Blob> getAll(List<Hash> hashes) {
    List<Hash> absent = hashes.stream().filter(hash -> local(hash) == null).distinct().toList();
    if (absent.isEmpty()) {
      return hashes.stream().map(this::get).toList();
    }
    Map<Hash, Blob> fetched =
        fabric.getAll(absent).stream()
            .collect(Collectors.toMap(Blob::hash, blob -> blob, (one, _) -> one));
    fetched.values().forEach(cache::add);
    List<Blob> all = new ArrayList<>(hashes.size());
    for (Hash hash : hashes) {
      Blob blob = fetched.get(hash);
      all.add(blob != null ? blob : get(hash));
    }
    return all;
  }

  /// Makes an outcome known here at once, and to all after everything it names has been stored.
  ///
  /// @param mark taken before the transaction began
  /// @throws FabricException when something has been lost meanwhile that it may name
  public void record(Memo memo, long mark) {
    // In this order: what is lost from now on is followed by forgetting.
    outcomes.add(memo.key(), memo.outcome());
    try {
      publisher.enqueue(memo, mark);
    } catch (FabricException e) {
      outcomes.clear();
      throw e;
    }
  }

  /// See [Publisher#mark].
  public long mark() {
    return publisher.mark();
  }

  /// See [Publisher#await].
  public void await(long mark, Deadline deadline) {
    publisher.await(mark, deadline);
  }

  /// This store, counting what passes through it.
  ///
  /// @param again whether blobs are stored that this node has stored before, too: they may be lost
  /// @param read bytes that had to be fetched from memory nodes
  /// @param written bytes of blobs that were made here
  public BlobStore counting(LongAdder read, LongAdder written, boolean again) {
    return new BlobStore() {
      @Override
      public Blob get(Hash hash) {
        Blob blob = local(hash);
        if (blob == null) {
          blob = fetch(hash);
          read.add(blob.length());
        }
        return blob;
      }

      @Override
      public void put(List<Blob> blobs) {
        blobs.forEach(blob -> written.add(blob.length()));
        if (again) {
          blobs.forEach(LocalBlobs.this::enqueue);
        } else {
          LocalBlobs.this.put(blobs);
        }
      }

      @Override
      public Set<Hash> missing(Collection<Hash> hashes) {
        return LocalBlobs.this.missing(hashes);
      }

      @Override
      public List<Blob> getAll(List<Hash> hashes) {
        Set<Hash> absent =
            hashes.stream().filter(hash -> local(hash) == null).collect(Collectors.toSet());
        List<Blob> all = LocalBlobs.this.getAll(hashes);
        for (Blob blob : all) {
          if (absent.remove(blob.hash())) {
            read.add(blob.length());
          }
        }
        return all;
      }
    };
  }

  public long cachedBytes() {
    return cache.bytes();
  }

  public long cachedBytesMax() {
    return cache.bytesMax();
  }

  /// Blobs and outcomes not yet stored and recorded.
  public long unpublished() {
    return publisher.pending();
  }

  private void stored(List<Blob> blobs) {
    for (Blob blob : blobs) {
      cache.add(blob);
      unstored.remove(blob.hash());
    }
  }

  private void lost(List<Blob> blobs) {
    // Outcomes may name what is gone now; the index still has those that were recorded.
    outcomes.clear();
    blobs.forEach(blob -> unstored.remove(blob.hash()));
  }

  @Override
  public void close() {
    publisher.close();
  }
}
