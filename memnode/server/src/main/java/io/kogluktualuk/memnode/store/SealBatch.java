package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.NotFound;
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

/// One seal call on its way: what became of each window so far.
///
/// **Threading:** one thread at a time; [#judge] and what follows under the store's lock.
final class SealBatch {

  private final @Nullable SealResult[] results;
  private final List<Integer> positions = new ArrayList<>();
  private final List<WindowTable.Window> taken = new ArrayList<>();

  private final List<SealedBlob> fresh = new ArrayList<>();
  private final List<WindowTable.Window> freshWindows = new ArrayList<>();
  private final List<Long> slots = new ArrayList<>();
  private final List<Integer> freshPositions = new ArrayList<>();
  private final List<WindowTable.Window> unused = new ArrayList<>();
  private final Map<Hash, BlobLocation> inBatch = new HashMap<>();
  private final List<Integer> repeats = new ArrayList<>();
  private int mismatches;
  private String failure = "";

  SealBatch(int size) {
    results = new SealResult[size];
  }

  /// Notes the window that an id stood for.
  void take(int position, long id, WindowTable.@Nullable Window window) {
    if (window == null) {
      fail(position, new NotFound("window " + id + " is unknown, used up or expired"));
    } else {
      positions.add(position);
      taken.add(window);
    }
  }

  /// What must be verified.
  List<SealedBlob> candidates() {
    return taken.stream().map(window -> new SealedBlob(window.hash(), window.location())).toList();
  }

  /// Decides about each candidate; claims index slots for the new ones.
  void judge(BitSet intact, BlobIndex index) {
    for (int i = 0; i < taken.size(); i++) {
      WindowTable.Window window = taken.get(i);
      int position = positions.get(i);
      BlobLocation present = index.find(window.hash());
      if (!intact.get(i)) {
        mismatches++;
        unused.add(window);
        fail(
            position,
            new Corruption(
                "blob " + window.hash() + ": the bytes in its window have another hash"));
      } else if (present != null) {
        unused.add(window);
        results[position] = new SealResult.Sealed(present);
      } else if (inBatch.containsKey(window.hash())) {
        unused.add(window);
        repeats.add(i);
      } else {
        claim(position, window, index);
      }
    }
  }

  private void claim(int position, WindowTable.Window window, BlobIndex index) {
    long slot = index.claim(window.hash());
    if (slot == BlobIndex.NONE) {
      unused.add(window);
      fail(
          position,
          new OutOfSpace(
              "the index for " + index.blobsMax() + " blobs has no room for " + window.hash()));
      return;
    }
    inBatch.put(window.hash(), window.location());
    slots.add(slot);
    freshPositions.add(position);
    freshWindows.add(window);
    fresh.add(new SealedBlob(window.hash(), window.location()));
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
      BlobLocation first = Objects.requireNonNull(inBatch.get(taken.get(i).hash()));
      results[positions.get(i)] = new SealResult.Sealed(first);
    }
  }

  /// When they could not be logged.
  void abandon(BlobIndex index, OutOfSpace reason) {
    slots.forEach(index::abandon);
    freshPositions.forEach(position -> fail(position, reason));
    repeats.forEach(i -> fail(positions.get(i), reason));
    unused.addAll(freshWindows);
  }

  /// Windows whose extents are not needed.
  List<WindowTable.Window> unused() {
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
