package io.kogluktualuk.fabric.blob;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The verified bytes of a blob where they are, without a copy of them.
///
/// **Threading:** one thread at a time. **Ownership:** borrowed; [#close] gives them back, and a
/// second close does nothing. The segment must not be used afterwards: other bytes may lie there.
public interface LentBlob extends AutoCloseable {

  /// Read-only; the same bytes until [#close].
  MemorySegment bytes();

  /// Whether they were transferred for whoever asked: false when they were at hand.
  boolean isFetched();

  /// The blob, when its bytes are on the heap, so that they outlast the lending.
  @Nullable Blob lasting();

  @Override
  void close();

  /// A blob that needs no giving back.
  static LentBlob of(Blob blob, boolean isFetched) {
    return new OnHeap(blob, isFetched);
  }

  /// See [LentBlob#of].
  record OnHeap(Blob lasting, boolean isFetched) implements LentBlob {
    @Override
    public MemorySegment bytes() {
      return lasting.bytes();
    }

    @Override
    public void close() {}
  }
}
