package io.kogluktualuk.computenode.runtime.namespace;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Chunker;
import io.kogluktualuk.fabric.blob.Content;
import io.kogluktualuk.fabric.blob.ContentList;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.LentBlob;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.hash.Sha256;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A file that a program writes: bytes of any length in constant memory, readable and writable
/// anywhere.
///
/// ```
/// ┌─ chunks: blobs, stored ──────────────┬─ tail: on the heap ─┐
/// │ 2–4 MiB │ 2–4 MiB │ … one of them hot │ at most 4 MiB       │
/// ```
///
/// Writing at the end fills the tail, which is cut into chunks as it overflows. Writing into a
/// chunk makes that one *hot*: it is on the heap until another is written to. The hash of the
/// whole is kept up while chunks are added in order; after a rewrite of a chunk, [#finish] reads
/// all of them.
///
/// **Threading:** one thread. **Memory:** the tail, one hot chunk, 64 bytes per chunk.
public final class WrittenFile implements Entry {

  /// Shorter pieces are joined with their neighbours, so that lists stay short.
  private static final int APPEND_MIN = 256 * 1024;

  /// Shorter tails stay on the heap.
  private static final int RESTING_MIN = 16 * 1024;

  private static final int ZEROS = 64 * 1024;

  private static final long[] NO_ENDS = {};
  private static final byte[] NO_BYTES = {};

  private final BlobStore blobs;
  private final long number;
  private final List<ContentList.Chunk> chunks = new ArrayList<>();
  private long[] ends = NO_ENDS;
  private byte[] tail = NO_BYTES;
  private int tailLength;
  private int hotIndex = -1;
  private byte[] hot = NO_BYTES;
  private @Nullable Sha256 whole;
  private boolean isWholeKnown = true;
  private @Nullable Ref finished;
  private @Nullable Hash restingTail;

  public WrittenFile(BlobStore blobs) {
    this(blobs, 0);
  }

  /// @param number tells it from all others that the program writes; 0 for one without a name
  WrittenFile(BlobStore blobs, long number) {
    this.blobs = blobs;
    this.number = number;
  }

  public long number() {
    return number;
  }

  /// A file that begins as some content and can be changed.
  static WrittenFile of(BlobStore blobs, Content content, long number) {
    WrittenFile file = new WrittenFile(blobs, number);
    if (content.ref().kind() == Kind.BLOB) {
      file.write(0, content.chunk(0).bytes());
    } else {
      for (int i = 0; i < content.chunkCount(); i++) {
        file.addWhole(content.chunk(i));
      }
    }
    return file;
  }

  public long length() {
    return chunkedBytes() + tailLength;
  }

  private long chunkedBytes() {
    return chunks.isEmpty() ? 0 : ends[chunks.size() - 1];
  }

  /// Where the stored chunk that holds `offset` ends, or the end of the file.
  public long chunkEnd(long offset) {
    return offset < chunkedBytes() ? ends[chunkAt(offset)] : length();
  }

  /// Lets go of the tail's memory until the file is next touched: nobody has it open.
  public void rest() {
    if (restingTail == null && tailLength >= RESTING_MIN) {
      restingTail = storeTail();
      tail = NO_BYTES;
    }
  }

  private Hash storeTail() {
    boolean isExact = tail.length == tailLength && tailLength >= RESTING_MIN;
    Blob blob = Blob.of(isExact ? tail : Arrays.copyOf(tail, tailLength));
    blobs.put(List.of(blob));
    return blob.hash();
  }

  private void wake() {
    Hash resting = restingTail;
    if (resting != null) {
      tail = blobs.get(resting).toArray();
      restingTail = null;
    }
  }

  /// Copies bytes from `offset` on into `target`; returns how many there were.
  public int read(long offset, MemorySegment target) {
    long wanted = Math.min(target.byteSize(), length() - offset);
    int copied = 0;
    while (copied < wanted) {
      MemorySegment part = at(offset + copied);
      long length = Math.min(part.byteSize(), wanted - copied);
      MemorySegment.copy(part, 0, target, copied, length);
      copied += (int) length;
    }
    return copied;
  }

  /// The bytes from `offset`, which is inside the file, to the end of the part that holds it.
  ///
  /// Valid until the file is next written to.
  public MemorySegment at(long offset) {
    wake();
    if (offset >= chunkedBytes()) {
      int start = (int) (offset - chunkedBytes());
      return MemorySegment.ofArray(tail).asSlice(start, tailLength - start);
    }
    int index = chunkAt(offset);
    MemorySegment bytes =
        index == hotIndex
            ? MemorySegment.ofArray(hot)
            : blobs.get(chunks.get(index).hash()).bytes();
    return bytes.asSlice(offset - startOf(index));
  }

  /// Writes bytes at `offset`; what lies between the end and `offset` becomes zeros.
  public void write(long offset, MemorySegment bytes) {
    wake();
    finished = null;
    extend(offset);
    long done = 0;
    while (done < bytes.byteSize()) {
      long at = offset + done;
      long left = bytes.byteSize() - done;
      if (at < chunkedBytes()) {
        done += rewrite(at, bytes.asSlice(done));
      } else {
        done += writeTail((int) (at - chunkedBytes()), bytes, done, left);
      }
    }
  }

  /// Adds bytes of the fabric at the end; long enough ones become a chunk as they are.
  public void append(Hash hash, LentBlob blob) {
    wake();
    MemorySegment bytes = blob.bytes();
    boolean tailIsShort = tailLength > 0 && tailLength < APPEND_MIN;
    if (bytes.byteSize() < APPEND_MIN || tailIsShort) {
      write(length(), bytes);
      return;
    }
    finished = null;
    while (tailLength > 0) {
      cutOne();
    }
    requireStored(hash, blob);
    updateWhole(bytes);
    addStored(hash, (int) bytes.byteSize());
  }

  /// A blob that was fetched just now is stored; one that is still at hand may be lost elsewhere.
  private void requireStored(Hash hash, LentBlob blob) {
    Blob lasting = blob.lasting();
    if (lasting != null) {
      blobs.put(List.of(lasting));
    } else if (!blob.isFetched() && !blobs.missing(List.of(hash)).isEmpty()) {
      blobs.put(List.of(blobs.get(hash)));
    }
  }

  /// Makes the file exactly so long.
  public void truncate(long length) {
    wake();
    finished = null;
    extend(length);
    if (length < chunkedBytes()) {
      int index = chunkAt(length);
      int kept = (int) (length - startOf(index));
      byte[] bytes = copyOf(index);
      dropFrom(index);
      tail = bytes;
      tailLength = kept;
    } else {
      tailLength = (int) (length - chunkedBytes());
    }
  }

  /// Stores what is not stored and returns the ref of the content as it is now.
  public Ref finish() {
    Ref ref = finished;
    if (ref == null) {
      ref = compose();
      finished = ref;
    }
    return ref;
  }

  private Ref compose() {
    if (length() == 0) {
      return stored(Blob.EMPTY);
    }
    if (chunks.isEmpty()) {
      rest();
      return new Ref(Kind.BLOB, restingTail == null ? storeTail() : restingTail, tailLength);
    }
    wake();
    coolDown();
    if (length() <= Blob.LENGTH_MAX) {
      byte[] all = new byte[(int) length()];
      read(0, MemorySegment.ofArray(all));
      return stored(Blob.of(all));
    }
    List<ContentList.Chunk> all = new ArrayList<>(chunks);
    Sha256 digest = isWholeKnown && whole != null ? whole : digestOfChunks();
    // The digest is used up; if the program writes on, the next finish reads the chunks again.
    forgetWhole();
    for (int at = 0; at < tailLength; ) {
      int length = Chunker.cut(tail, at, tailLength - at);
      Blob blob =
          Blob.partOf(digest, MemorySegment.ofArray(Arrays.copyOfRange(tail, at, at + length)));
      blobs.put(List.of(blob));
      all.add(new ContentList.Chunk(blob.hash(), length));
      at += length;
    }
    Hash contentHash = digest.finish();
    Blob list = ContentList.of(contentHash, all).encode();
    blobs.put(List.of(list));
    return new Ref(Kind.LIST, list.hash(), length());
  }

  private Ref stored(Blob blob) {
    blobs.put(List.of(blob));
    return Ref.ofBlob(blob);
  }

  private Sha256 digestOfChunks() {
    Sha256 digest = new Sha256();
    chunks.forEach(chunk -> digest.update(blobs.get(chunk.hash()).bytes()));
    return digest;
  }

  private void extend(long length) {
    while (length() < length) {
      int part = (int) Math.min(ZEROS, length - length());
      MemorySegment zeros = MemorySegment.ofArray(new byte[part]);
      writeTail(tailLength, zeros, 0, part);
    }
  }

  /// Writes into the tail from `start` on; returns how much fitted.
  private int writeTail(int start, MemorySegment bytes, long from, long length) {
    if (start == Blob.LENGTH_MAX) {
      cutOne();
      return 0;
    }
    int part = (int) Math.min(length, Blob.LENGTH_MAX - start);
    ensureTail(start + part);
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, from, tail, start, part);
    tailLength = Math.max(tailLength, start + part);
    return part;
  }

  private void ensureTail(int length) {
    if (length > tail.length) {
      int doubled = Math.min(Blob.LENGTH_MAX, Math.max(256, tail.length * 2));
      tail = Arrays.copyOf(tail, Math.max(length, doubled));
    }
  }

  private void cutOne() {
    int length = Chunker.cut(tail, 0, tailLength);
    byte[] bytes = Arrays.copyOf(tail, length);
    addChunk(
        isWholeKnown ? Blob.partOf(wholeSoFar(), MemorySegment.ofArray(bytes)) : Blob.of(bytes));
    System.arraycopy(tail, length, tail, 0, tailLength - length);
    tailLength -= length;
  }

  private void addWhole(Blob blob) {
    updateWhole(blob.bytes());
    addChunk(blob);
  }

  private void updateWhole(MemorySegment bytes) {
    if (isWholeKnown) {
      wholeSoFar().update(bytes);
    }
  }

  private Sha256 wholeSoFar() {
    Sha256 digest = whole == null ? new Sha256() : whole;
    whole = digest;
    return digest;
  }

  private void addChunk(Blob blob) {
    blobs.put(List.of(blob));
    addStored(blob.hash(), blob.length());
  }

  private void addStored(Hash hash, int length) {
    long end = chunkedBytes() + length;
    if (chunks.size() == ends.length) {
      ends = Arrays.copyOf(ends, Math.max(4, 2 * ends.length));
    }
    ends[chunks.size()] = end;
    chunks.add(new ContentList.Chunk(hash, length));
  }

  private int rewrite(long offset, MemorySegment bytes) {
    int index = chunkAt(offset);
    if (index != hotIndex) {
      coolDown();
      hot = copyOf(index);
      hotIndex = index;
      forgetWhole();
    }
    int start = (int) (offset - startOf(index));
    int part = (int) Math.min(bytes.byteSize(), hot.length - start);
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, 0, hot, start, part);
    return part;
  }

  /// Stores the hot chunk.
  private void coolDown() {
    if (hotIndex >= 0) {
      Blob blob = Blob.of(hot);
      blobs.put(List.of(blob));
      chunks.set(hotIndex, new ContentList.Chunk(blob.hash(), blob.length()));
      hotIndex = -1;
      hot = NO_BYTES;
    }
  }

  private byte[] copyOf(int index) {
    return index == hotIndex ? hot.clone() : blobs.get(chunks.get(index).hash()).toArray();
  }

  private void dropFrom(int index) {
    if (hotIndex >= index) {
      hotIndex = -1;
      hot = NO_BYTES;
    }
    chunks.subList(index, chunks.size()).clear();
    whole = null;
    isWholeKnown = chunks.isEmpty();
  }

  private void forgetWhole() {
    whole = null;
    isWholeKnown = chunks.isEmpty();
  }

  private int chunkAt(long offset) {
    int found = Arrays.binarySearch(ends, 0, chunks.size(), offset);
    return found >= 0 ? found + 1 : -found - 1;
  }

  private long startOf(int index) {
    return index == 0 ? 0 : ends[index - 1];
  }
}
