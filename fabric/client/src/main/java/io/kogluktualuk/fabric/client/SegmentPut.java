package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Chunker;
import io.kogluktualuk.fabric.blob.ContentList;
import io.kogluktualuk.fabric.blob.ContentWriter;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.hash.Sha256;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Stores content that is in memory already: chunks are parts of it, not copies. The same bytes
/// are cut as [ContentWriter] cuts them.
///
/// Of long content, up to 2 MiB of each chunk are copied to find out where it ends, unless it is
/// cut evenly. Memory that only the calling thread may read is copied wholly: transfers are made
/// by several threads.
///
/// **Threading:** stateless. **Ownership:** the memory is lent until the call returns.
final class SegmentPut {

  private SegmentPut() {}

  /// @param isEven whether chunks are as long as they can be, whatever their content
  /// @param each hears each chunk's bytes, in order, unless the memory is copied
  static Ref put(
      BlobStore store, MemorySegment bytes, boolean isEven, Consumer<MemorySegment> each) {
    if (!bytes.isAccessibleBy(Thread.ofVirtual().unstarted(() -> {}))) {
      return PipelinedPuts.through(store, puts -> new ContentWriter(puts).write(bytes).finish());
    }
    if (bytes.byteSize() <= Blob.LENGTH_MAX) {
      Blob blob = Blob.of(bytes);
      store.put(List.of(blob));
      each.accept(bytes);
      return Ref.ofBlob(blob);
    }
    return PipelinedPuts.through(store, puts -> putList(puts, bytes, isEven, each));
  }

  private static Ref putList(
      BlobStore puts, MemorySegment bytes, boolean isEven, Consumer<MemorySegment> each) {
    Sha256 whole = new Sha256();
    List<ContentList.Chunk> chunks = new ArrayList<>();
    byte[] window = new byte[isEven ? 0 : Blob.LENGTH_MAX];
    long offset = 0;
    while (offset < bytes.byteSize()) {
      int length =
          isEven
              ? (int) Math.min(bytes.byteSize() - offset, Blob.LENGTH_MAX)
              : cut(bytes, offset, window);
      Blob chunk = Blob.partOf(whole, bytes.asSlice(offset, length));
      each.accept(chunk.bytes());
      chunks.add(new ContentList.Chunk(chunk.hash(), length));
      puts.put(List.of(chunk));
      offset += length;
    }
    Blob list = ContentList.of(whole.finish(), chunks).encode();
    puts.put(List.of(list));
    return new Ref(Kind.LIST, list.hash(), bytes.byteSize());
  }

  /// Where the chunk that begins at an offset ends; the cutter looks at nothing before the
  /// shortest chunk's last bytes.
  private static int cut(MemorySegment bytes, long offset, byte[] window) {
    int available = (int) Math.min(bytes.byteSize() - offset, window.length);
    int from = Math.min(available, Chunker.LENGTH_MIN - Chunker.LOOK_BACK);
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, offset + from, window, from, available - from);
    return Chunker.cut(window, 0, available);
  }
}
