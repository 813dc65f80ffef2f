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
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One seal call on its way: what became of each blob of the window so far.
///
/// **Threading:** one thread at a time; [#judge] and what follows under the store's lock.
final class SealBatch {

  private final @Nullable SealResult[] results;
  private final List<WindowTable.Pending> candidates;
  private final @Nullable MemoryCopies copies;

  private final List<WindowTable.Pending> fresh = new ArrayList<>();
  private final List<Integer> ordinals = new ArrayList<>();
  private final List<Integer> freshPositions = new ArrayList<>();
  private final BitSet used = new BitSet();
  private final Set<Hash> inBatch = new HashSet<>();
  private final List<Integer> repeats = new ArrayList<>();
  private int mismatches;
  private String failure = "";

  /// @param copies of the candidates in the memory tier; null when there is none
  SealBatch(List<WindowTable.Pending> candidates, @Nullable MemoryCopies copies) {
    this.candidates = candidates;
    this.copies = copies;
    results = new SealResult[candidates.size()];
  }

  /// Decides about each candidate; claims index slots for the new ones.
  void judge(BitSet intact, BlobIndex index) {
    for (int i = 0; i < candidates.size(); i++) {
      WindowTable.Pending blob = candidates.get(i);
      BlobLocation present = index.find(blob.hash());
      if (!intact.get(i)) {
        mismatches++;
        fail(
            i,
            new Corruption("blob " + blob.hash() + ": the bytes in its window have another hash"));
      } else if (present != null) {
        results[i] = new SealResult.Sealed(present);
      } else if (inBatch.contains(blob.hash())) {
        repeats.add(i);
      } else {
        claim(i, blob, index);
      }
    }
  }

  private void claim(int position, WindowTable.Pending blob, BlobIndex index) {
    int ordinal = index.claim(blob.hash());
    if (ordinal == BlobTable.NONE) {
      fail(
          position,
          new OutOfSpace(
              "the index for " + index.blobsMax() + " blobs has no room for " + blob.hash()));
      return;
    }
    inBatch.add(blob.hash());
    ordinals.add(ordinal);
    freshPositions.add(position);
    used.set(position);
    fresh.add(blob);
  }

  /// What to log.
  List<BlobRecord> records(long nowSeconds) {
    return fresh.stream()
        .map(blob -> BlobRecord.sealed(blob.hash(), blob.location(), nowSeconds, blob.keep()))
        .toList();
  }

  /// The ordinals of what is logged, in its order.
  List<Integer> ordinals() {
    return ordinals;
  }

  /// After they were logged.
  ///
  /// @param number of the first record
  void publish(BlobIndex index, List<BlobRecord> records, long number) {
    for (int i = 0; i < fresh.size(); i++) {
      BlobRecord record = records.get(i);
      int ordinal = ordinals.get(i);
      index.table().fill(ordinal, record);
      index.table().setRecord(ordinal, number + i);
      int position = freshPositions.get(i);
      BlobLocation shown =
          copies == null ? record.location() : copies.show(position, ordinal, record.length());
      index.publish(ordinal, record.hash(), shown);
      results[position] = new SealResult.Sealed(shown);
    }
    for (int i : repeats) {
      BlobLocation first = Objects.requireNonNull(index.find(candidates.get(i).hash()));
      results[i] = new SealResult.Sealed(first);
    }
  }

  /// When they could not be logged.
  void abandon(BlobIndex index, OutOfSpace reason) {
    ordinals.forEach(index::abandon);
    ordinals.clear();
    used.clear();
    freshPositions.forEach(position -> fail(position, reason));
    repeats.forEach(i -> fail(i, reason));
  }

  /// Hears each candidate, and whether its extent has become a blob's.
  interface Use {
    void heard(WindowTable.Pending blob, boolean isUsed);
  }

  /// Says of each candidate whether its extent has become a blob's.
  void forEachUse(Use use) {
    for (int i = 0; i < candidates.size(); i++) {
      use.heard(candidates.get(i), used.get(i));
    }
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
