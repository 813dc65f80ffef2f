package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.hash.Sha256;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// One blob on its way from a window to its extent, hashed as it goes.
///
/// Its window may change meanwhile, so each byte is read from there once, and what is hashed is
/// what is stored: the extent itself where that is memory, which nobody else writes to; elsewhere
/// a step on the heap, from which the extent is written.
///
/// **Threading:** one thread. **Memory:** [#STEP_BYTES] where the extent is no memory.
final class BlobCopy {

  /// What is copied and hashed at a time: that of sixteen blobs, on both sides, stays in a
  /// second-level cache of 1 MiB.
  private static final int STEP_BYTES = 16 * 1024;

  private final MemorySegment from;
  private final WindowTable.Pending blob;
  private final Regions regions;
  private final boolean isInPlace;
  private final MemorySegment to;
  private final byte[] step;
  private final Sha256 sha = new Sha256();
  private int at;
  private int taken;

  BlobCopy(MemorySegment from, WindowTable.Pending blob, Regions regions) {
    this.from = from;
    this.blob = blob;
    this.regions = regions;
    this.isInPlace = regions.isMemory(blob.location());
    this.step = new byte[isInPlace ? 0 : Math.min(blob.location().length(), STEP_BYTES)];
    this.to = isInPlace ? regions.bytes(blob.location()) : MemorySegment.ofArray(step);
  }

  /// Copies them all; says which of them have the bytes that their hash names.
  static BitSet run(List<BlobCopy> copies) {
    List<BlobCopy> left = new ArrayList<>(copies);
    for (left.removeIf(BlobCopy::isDone); !left.isEmpty(); left.removeIf(BlobCopy::isDone)) {
      left.forEach(BlobCopy::take);
      Sha256.updateEach(
          left.stream().map(copy -> copy.sha).toList(),
          left.stream().map(BlobCopy::bytes).toList());
      left.forEach(BlobCopy::store);
    }
    BitSet intact = new BitSet(copies.size());
    for (int i = 0; i < copies.size(); i++) {
      intact.set(i, copies.get(i).sha.finish().equals(copies.get(i).blob.hash()));
    }
    return intact;
  }

  private boolean isDone() {
    return at == blob.location().length();
  }

  private void take() {
    taken = Math.min(STEP_BYTES, blob.location().length() - at);
    MemorySegment.copy(from, at, to, isInPlace ? at : 0, taken);
  }

  private MemorySegment bytes() {
    return to.asSlice(isInPlace ? at : 0, taken);
  }

  private void store() {
    if (!isInPlace) {
      regions.write(blob.location(), at, step, taken);
    }
    at += taken;
  }
}
