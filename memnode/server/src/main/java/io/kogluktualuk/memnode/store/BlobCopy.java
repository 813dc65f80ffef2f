package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.hash.Sha256;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// One blob on its way from a window to its extent, hashed as it goes.
///
/// **Threading:** one thread. **Memory:** [#STEP_BYTES].
final class BlobCopy {

  /// What is copied and hashed at a time: that of three blobs stays in the second-level cache.
  private static final int STEP_BYTES = 16 * 1024;

  private final MemorySegment from;
  private final WindowTable.Pending blob;
  private final Regions regions;
  private final byte[] step;
  private final Sha256 sha = new Sha256();
  private int at;
  private int taken;

  BlobCopy(MemorySegment from, WindowTable.Pending blob, Regions regions) {
    this.from = from;
    this.blob = blob;
    this.regions = regions;
    this.step = new byte[Math.min(blob.location().length(), STEP_BYTES)];
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
    taken = Math.min(step.length, blob.location().length() - at);
    MemorySegment.copy(from, ValueLayout.JAVA_BYTE, at, step, 0, taken);
  }

  private MemorySegment bytes() {
    return MemorySegment.ofArray(step).asSlice(0, taken);
  }

  private void store() {
    regions.write(blob.location(), at, step, taken);
    at += taken;
  }
}
