package io.kogluktualuk.computenode.runtime.store;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.LentBlob;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.transaction.Outcome;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
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
public final class LocalBlobs implements Shelf, AutoCloseable {

  private static final class Unstored {
    final Blob blob;
    final Worth worth;
    volatile boolean isQueued;

    Unstored(Blob blob, Worth worth) {
      this.blob = blob;
      this.worth = worth;
    }
  }

  private final Shelf fabric;
  private final BlobCache cache;
  private final Map<Hash, Unstored> unstored = new ConcurrentHashMap<>();
  private final Publisher publisher;
  private final Recent<Outcome> outcomes;

  /// @param name of the node, for the publisher's thread
  /// @param outcomes forgotten when something they may name is lost
  /// @param recorded told of outcomes while they are being made known, one batch at a time
  public LocalBlobs(
      String name,
      Shelf fabric,
      MemoIndex index,
      Recent<Outcome> outcomes,
      long cacheBytesMax,
      Consumer<List<Memo>> recorded) {
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
              public void onRecording(List<Memo> memos) {
                recorded.accept(memos);
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

  @Nullable Blob local(Hash hash) {
    Blob blob = cache.get(hash);
    if (blob != null) {
      return blob;
    }
    Unstored waiting = unstored.get(hash);
    return waiting == null ? null : waiting.blob;
  }

  Blob fetch(Hash hash) {
    Blob blob = fabric.get(hash);
    cache.add(blob);
    return blob;
  }

  /// In place: on the heap what was made or fetched to be looked into here, and where the fabric
  /// lends it what programs read.
  @Override
  public LentBlob lend(Hash hash) {
    Blob blob = local(hash);
    if (blob != null) {
      return LentBlob.of(blob, false);
    }
    LentBlob lent = fabric.lend(hash);
    Blob lasting = lent.lasting();
    if (lasting != null) {
      cache.add(lasting);
    }
    return lent;
  }

  /// For what nobody knows the cost of.
  @Override
  public void put(List<Blob> blobs) {
    put(blobs, Worth.output(0));
  }

  @Override
  public void put(List<Blob> blobs, Worth worth) {
    for (Blob blob : blobs) {
      if (!cache.contains(blob.hash())) {
        enqueue(blob, worth);
      }
    }
  }

  /// Stores blobs whether or not this node believes that they are stored.
  void putAgain(List<Blob> blobs, Worth worth) {
    blobs.forEach(blob -> enqueue(blob, worth));
  }

  /// Returns with the blob in the queue, so that whatever names it is behind it.
  private void enqueue(Blob blob, Worth worth) {
    Unstored mine = new Unstored(blob, worth);
    Unstored other = unstored.putIfAbsent(blob.hash(), mine);
    if (other == null) {
      publisher.enqueue(blob, worth);
      mine.isQueued = true;
    } else if (!other.isQueued || worth.isRecipe() && !other.worth.isRecipe()) {
      // Another thread is just about to, or it is worth more now; storing it twice does no harm.
      publisher.enqueue(blob, worth);
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
