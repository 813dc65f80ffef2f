package io.kogluktualuk.fabric.blob;

import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.hash.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The content of a blob or a list, readable anywhere, fetched chunk by chunk.
///
/// **Threading:** safe for any number of threads; the chunk read last is kept.
/// **Memory:** one chunk, and about 64 bytes per chunk of a list.
public final class Content {

  private final BlobStore store;
  private final Ref ref;
  private final @Nullable ContentList list;
  private volatile @Nullable Blob latest;

  private Content(BlobStore store, Ref ref, @Nullable ContentList list) {
    this.store = store;
    this.ref = ref;
    this.list = list;
  }

  /// Opens content; for a list, fetches and decodes the list.
  ///
  /// @throws InvalidArgument when the ref is a tree or a thunk
  /// @throws Corruption when the list's length is not the ref's
  public static Content open(BlobStore store, Ref ref) {
    return switch (ref.kind()) {
      case BLOB -> new Content(store, ref, null);
      case LIST -> {
        byte[] encoding = store.get(ref.hash()).toArray();
        ContentList list = ContentList.decode(ref.hash().toHex(), encoding);
        if (list.length() != ref.length()) {
          throw new Corruption(
              ref + ": the list holds " + list.length() + " bytes, the ref says otherwise");
        }
        yield new Content(store, ref, list);
      }
      case TREE, THUNK ->
          throw new InvalidArgument(ref + " has no content: it is a " + ref.kind().word());
    };
  }

  public Ref ref() {
    return ref;
  }

  public long length() {
    return ref.length();
  }

  /// The SHA-256 of the whole content; null when its list does not say it.
  public @Nullable Hash contentHash() {
    return list == null ? ref.hash() : list.contentHash();
  }

  public int chunkCount() {
    return list == null ? 1 : list.chunks().size();
  }

  /// One chunk, verified.
  public Blob chunk(int index) {
    Hash hash = chunkHash(index);
    Blob kept = latest;
    if (kept != null && kept.hash().equals(hash)) {
      return kept;
    }
    Blob blob = store.get(hash);
    requireLength(index, blob.length());
    latest = blob;
    return blob;
  }

  /// One chunk, verified, where it is: see [BlobStore#lend].
  public LentBlob lendChunk(int index) {
    LentBlob lent = store.lend(chunkHash(index));
    try {
      requireLength(index, lent.bytes().byteSize());
      return lent;
    } catch (Corruption e) {
      lent.close();
      throw e;
    }
  }

  /// The hash of one chunk.
  public Hash chunkHash(int index) {
    return list == null ? ref.hash() : list.chunks().get(index).hash();
  }

  private void requireLength(int index, long found) {
    long length = list == null ? ref.length() : list.chunks().get(index).length();
    if (found != length) {
      throw new Corruption(
          "chunk "
              + chunkHash(index)
              + " of "
              + ref
              + " has "
              + found
              + " bytes, expected "
              + length);
    }
  }

  /// The chunk that holds the byte at `offset`, which must be inside the content.
  public int chunkAt(long offset) {
    if (list != null) {
      return list.chunkAt(offset);
    }
    if (offset < 0 || offset >= ref.length()) {
      throw new IndexOutOfBoundsException("offset " + offset + " of " + ref.length());
    }
    return 0;
  }

  /// Where a chunk begins in the content.
  public long startOf(int chunk) {
    return list == null ? 0 : list.startOf(chunk);
  }

  /// Copies bytes from `offset` on into `target`; returns how many there were, 0 at the end.
  public int read(long offset, MemorySegment target) {
    long wanted = Math.min(target.byteSize(), length() - offset);
    int copied = 0;
    while (copied < wanted) {
      int index = chunkAt(offset + copied);
      MemorySegment bytes = chunk(index).bytes();
      long start = offset + copied - startOf(index);
      long part = Math.min(bytes.byteSize() - start, wanted - copied);
      MemorySegment.copy(bytes, start, target, copied, part);
      copied += (int) part;
    }
    return copied;
  }

  /// Writes the whole content, and verifies its hash as a whole besides that of each chunk, where
  /// its list says it.
  ///
  /// @throws Corruption after the last byte, when the whole has another hash than its list says
  public void writeTo(OutputStream target) throws IOException {
    Hash expected = list == null ? null : list.contentHash();
    Sha256 whole = new Sha256();
    for (int i = 0; i < chunkCount(); i++) {
      byte[] bytes = chunk(i).toArray();
      if (expected != null) {
        whole.update(bytes, 0, bytes.length);
      }
      target.write(bytes);
    }
    if (expected != null) {
      Hash found = whole.finish();
      if (!found.equals(expected)) {
        throw new Corruption(
            ref + ": its content has hash " + found + ", its list says " + expected);
      }
    }
  }

  /// A part of the content as content of its own.
  ///
  /// Chunks that lie wholly inside are used as they are; only those at the edges are stored anew.
  /// **Cost:** a part of at most [Blob#LENGTH_MAX] bytes is one blob; a longer one is read through
  /// once, for the hash of the whole.
  public Ref slice(long offset, long length) {
    if (offset < 0 || length < 0 || length > length() - offset) {
      throw new InvalidArgument(
          ref + ": no part of " + length + " bytes at " + offset + " in " + length());
    }
    if (offset == 0 && length == length()) {
      return ref;
    }
    if (list != null && length > 0) {
      int index = list.chunkAt(offset);
      if (list.startOf(index) == offset && list.chunks().get(index).length() == length) {
        return new Ref(Kind.BLOB, list.chunks().get(index).hash(), length);
      }
    }
    ContentWriter writer = new ContentWriter(store);
    long end = offset + length;
    for (long at = offset; at < end; ) {
      int index = chunkAt(at);
      Blob blob = chunk(index);
      long start = at - startOf(index);
      long part = Math.min(blob.length() - start, end - at);
      if (part == blob.length()) {
        writer.append(blob);
      } else {
        writer.write(blob.bytes().asSlice(start, part));
      }
      at += part;
    }
    return writer.finish();
  }
}
