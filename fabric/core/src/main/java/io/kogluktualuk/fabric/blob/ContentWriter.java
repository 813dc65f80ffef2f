package io.kogluktualuk.fabric.blob;

import io.kogluktualuk.fabric.hash.Sha256;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Turns bytes of any length into a blob or a list, in constant memory.
///
/// Blobs go to the store in batches of about [#BATCH_BYTES]; a store that pipelines its puts gives
/// overlap. Nothing refers to them until [#finish] returns the ref.
///
/// **Threading:** one thread. **Memory:** a buffer that grows to [Blob#LENGTH_MAX] plus one batch,
/// and 64 bytes per chunk.
public final class ContentWriter {

  private static final int BATCH_BYTES = 8 << 20;

  /// Shorter pieces are joined with their neighbours, so that lists stay short.
  private static final int APPEND_MIN = 256 * 1024;

  private final BlobStore store;
  private final Sha256 whole = new Sha256();
  private final List<ContentList.Chunk> chunks = new ArrayList<>();
  private final List<Blob> batch = new ArrayList<>();
  private int batchBytes;
  private byte[] buffer = new byte[8 * 1024];
  private int buffered;

  public ContentWriter(BlobStore store) {
    this.store = store;
  }

  /// Adds bytes at the end.
  public ContentWriter write(byte[] bytes, int offset, int length) {
    return write(MemorySegment.ofArray(bytes).asSlice(offset, length));
  }

  /// Adds bytes at the end.
  public ContentWriter write(MemorySegment bytes) {
    long offset = 0;
    while (offset < bytes.byteSize()) {
      if (buffered == Blob.LENGTH_MAX) {
        cutOne();
      }
      int part = (int) Math.min(bytes.byteSize() - offset, Blob.LENGTH_MAX - buffered);
      ensure(buffered + part);
      MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, offset, buffer, buffered, part);
      buffered += part;
      offset += part;
    }
    return this;
  }

  /// Adds chunks that the store already has, without reading them unless they must be joined.
  ///
  /// The whole content's hash still covers them, so `bytes` are needed; they are not copied.
  public ContentWriter append(Blob chunk) {
    boolean bufferIsShort = buffered > 0 && buffered < APPEND_MIN;
    if (chunk.length() < APPEND_MIN || bufferIsShort) {
      return write(chunk.bytes());
    }
    while (buffered > 0) {
      cutOne();
    }
    whole.update(chunk.bytes());
    addChunk(chunk);
    return this;
  }

  /// Stores what is left and returns the ref of the whole. The writer is used up.
  public Ref finish() {
    if (chunks.isEmpty() && buffered <= Blob.LENGTH_MAX) {
      Blob blob = Blob.of(Arrays.copyOf(buffer, buffered));
      store.put(List.of(blob));
      return Ref.ofBlob(blob);
    }
    while (buffered > 0) {
      cutOne();
    }
    return finishList();
  }

  private Ref finishList() {
    if (chunks.size() == 1) {
      flush();
      return new Ref(Kind.BLOB, chunks.getFirst().hash(), chunks.getFirst().length());
    }
    long length = chunks.stream().mapToLong(ContentList.Chunk::length).sum();
    if (length <= Blob.LENGTH_MAX) {
      return joinIntoBlob();
    }
    Blob list = ContentList.of(whole.finish(), chunks).encode();
    batch.add(list);
    flush();
    return new Ref(Kind.LIST, list.hash(), length);
  }

  /// Chunks that were appended may be short enough together for one blob, which is then the only
  /// canonical form.
  private Ref joinIntoBlob() {
    flush();
    byte[] joined = new byte[0];
    for (ContentList.Chunk chunk : chunks) {
      byte[] part = store.get(chunk.hash()).toArray();
      int before = joined.length;
      joined = Arrays.copyOf(joined, before + part.length);
      System.arraycopy(part, 0, joined, before, part.length);
    }
    Blob blob = Blob.of(joined);
    store.put(List.of(blob));
    return Ref.ofBlob(blob);
  }

  private void cutOne() {
    int length = Chunker.cut(buffer, 0, buffered);
    addChunk(Blob.partOf(whole, MemorySegment.ofArray(Arrays.copyOf(buffer, length))));
    System.arraycopy(buffer, length, buffer, 0, buffered - length);
    buffered -= length;
  }

  private void addChunk(Blob blob) {
    chunks.add(new ContentList.Chunk(blob.hash(), blob.length()));
    batch.add(blob);
    batchBytes += blob.length();
    if (batchBytes >= BATCH_BYTES) {
      flush();
    }
  }

  private void flush() {
    if (!batch.isEmpty()) {
      store.put(List.copyOf(batch));
      batch.clear();
      batchBytes = 0;
    }
  }

  private void ensure(int length) {
    if (length > buffer.length) {
      int doubled = Math.min(Blob.LENGTH_MAX, buffer.length * 2);
      buffer = Arrays.copyOf(buffer, Math.max(length, doubled));
    }
  }
}
