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
/// cut evenly: then its parts are hashed side by side, and it has no hash as a whole. Memory that
/// only the calling thread may read is copied wholly: transfers are made by several threads.
///
/// **Threading:** stateless. **Ownership:** the memory is lent until the call returns.
final class SegmentPut {

  /// How many parts are hashed at once, where the processor can (`Sha256`).
  private static final int LANES = 16;

  /// Parts are whole pages, but for the last.
  private static final int PART_STEP = 4096;

  private SegmentPut() {}

  /// @param isEven see [PutOptions#evenly]
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
    return PipelinedPuts.through(
        store, puts -> isEven ? putParts(puts, bytes, each) : putList(puts, bytes, each));
  }

  private static Ref putList(BlobStore puts, MemorySegment bytes, Consumer<MemorySegment> each) {
    Sha256 whole = new Sha256();
    List<ContentList.Chunk> chunks = new ArrayList<>();
    byte[] window = new byte[Blob.LENGTH_MAX];
    long offset = 0;
    while (offset < bytes.byteSize()) {
      int length = cut(bytes, offset, window);
      Blob chunk = Blob.partOf(whole, bytes.asSlice(offset, length));
      each.accept(chunk.bytes());
      chunks.add(new ContentList.Chunk(chunk.hash(), length));
      puts.put(List.of(chunk));
      offset += length;
    }
    return finish(puts, ContentList.of(whole.finish(), chunks));
  }

  private static Ref putParts(BlobStore puts, MemorySegment bytes, Consumer<MemorySegment> each) {
    List<ContentList.Chunk> chunks = new ArrayList<>();
    List<MemorySegment> parts = parts(bytes);
    for (int from = 0; from < parts.size(); from += LANES) {
      List<MemorySegment> group = parts.subList(from, Math.min(from + LANES, parts.size()));
      List<Blob> blobs = Blob.ofEach(group);
      puts.put(blobs);
      group.forEach(each);
      blobs.forEach(blob -> chunks.add(new ContentList.Chunk(blob.hash(), blob.length())));
    }
    return finish(puts, ContentList.ofParts(chunks));
  }

  /// Equal ones, but for the last: as many as are hashed at once, if none is too long.
  static List<MemorySegment> parts(MemorySegment bytes) {
    long each = Math.ceilDiv(Math.ceilDiv(bytes.byteSize(), LANES), PART_STEP) * PART_STEP;
    long length = Math.min(each, Blob.LENGTH_MAX);
    List<MemorySegment> parts = new ArrayList<>();
    for (long at = 0; at < bytes.byteSize(); at += length) {
      parts.add(bytes.asSlice(at, Math.min(length, bytes.byteSize() - at)));
    }
    return parts;
  }

  private static Ref finish(BlobStore puts, ContentList list) {
    Blob blob = list.encode();
    puts.put(List.of(blob));
    return new Ref(Kind.LIST, blob.hash(), list.length());
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
