package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.SealResponse;
import io.kogluktualuk.memnode.api.SealResult;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One seal call on its way: what became of each blob of the window so far.
///
/// **Threading:** one thread at a time; [#judge] and what follows under the store's lock.
final class SealBatch {

  private final @Nullable SealResult[] results;
  private final List<WindowTable.Pending> candidates;

  private final List<SealedBlob> fresh = new ArrayList<>();
  private final List<Long> slots = new ArrayList<>();
  private final List<Integer> freshPositions = new ArrayList<>();
  private final List<BlobLocation> unused = new ArrayList<>();
  private final Map<Hash, BlobLocation> inBatch = new HashMap<>();
  private final List<Integer> repeats = new ArrayList<>();
  private int mismatches;
  private String failure = "";

  SealBatch(List<WindowTable.Pending> candidates) {
    this.candidates = candidates;
    results = new SealResult[candidates.size()];
  }

  /// Decides about each candidate; claims index slots for the new ones.
  void judge(BitSet intact, BlobIndex index) {
    for (int i = 0; i < candidates.size(); i++) {
      WindowTable.Pending blob = candidates.get(i);
      BlobLocation present = index.find(blob.hash());
      if (!intact.get(i)) {
        mismatches++;
        unused.add(blob.location());
        fail(
            i,
            new Corruption("blob " + blob.hash() + ": the bytes in its window have another hash"));
      } else if (present != null) {
        unused.add(blob.location());
        results[i] = new SealResult.Sealed(present);
      } else if (inBatch.containsKey(blob.hash())) {
        unused.add(blob.location());
        repeats.add(i);
      } else {
        claim(i, blob, index);
      }
    }
  }

  private void claim(int position, WindowTable.Pending blob, BlobIndex index) {
    long slot = index.claim(blob.hash());
    if (slot == BlobIndex.NONE) {
      unused.add(blob.location());
      fail(
          position,
          new OutOfSpace(
              "the index for " + index.blobsMax() + " blobs has no room for " + blob.hash()));
      return;
    }
    inBatch.put(blob.hash(), blob.location());
    slots.add(slot);
    freshPositions.add(position);
    fresh.add(new SealedBlob(blob.hash(), blob.location()));
  }

  /// The blobs to log.
  List<SealedBlob> fresh() {
    return fresh;
  }

  /// After they were logged.
  void publish(BlobIndex index) {
    for (int i = 0; i < fresh.size(); i++) {
      SealedBlob blob = fresh.get(i);
      index.publish(slots.get(i), blob.hash(), blob.location());
      results[freshPositions.get(i)] = new SealResult.Sealed(blob.location());
    }
    for (int i : repeats) {
      BlobLocation first = Objects.requireNonNull(inBatch.get(candidates.get(i).hash()));
      results[i] = new SealResult.Sealed(first);
    }
  }

  /// When they could not be logged.
  void abandon(BlobIndex index, OutOfSpace reason) {
    slots.forEach(index::abandon);
    freshPositions.forEach(position -> fail(position, reason));
    repeats.forEach(i -> fail(i, reason));
    fresh.forEach(blob -> unused.add(blob.location()));
  }

  /// The extents that are not needed.
  List<BlobLocation> unused() {
    return unused;
  }

  int mismatches() {
    return mismatches;
  }

  SealResponse response() {
    List<SealResult> all = new ArrayList<>(results.length);
    for (SealResult result : results) {
      all.add(Objects.requireNonNull(result));
    }
    return new SealResponse(all, failure);
  }

  private void fail(int position, FabricException reason) {
    results[position] = new SealResult.Failed(reason.tag());
    if (failure.isEmpty()) {
      failure = String.valueOf(reason.getMessage());
    }
  }
}
