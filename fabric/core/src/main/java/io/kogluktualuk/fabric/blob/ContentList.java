package io.kogluktualuk.fabric.blob;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.hash.Hash;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Content longer than one blob: its chunks in order, and the SHA-256 of the whole, unless
/// whoever has put it did without (decision 0053).
///
/// ```
/// with the hash of the whole
/// "kogL" u8 version=1 │ content hash │ varint chunks │ { chunk hash │ varint length } …
///
/// of parts only
/// "kogL" u8 version=2 │ varint chunks │ { chunk hash │ varint length } …
/// ```
///
/// **Invariant:** at least two chunks, each of 1 to [Blob#LENGTH_MAX] bytes, in all more than
/// [Blob#LENGTH_MAX]: shorter content is a plain blob and nothing else. The same content may be
/// cut differently; [#contentHash] tells that it is the same, where there is one. **Bound:** an
/// encoding is one blob, so at most about 115,000 chunks.
public final class ContentList {

  private static final byte[] MAGIC = "kogL".getBytes(StandardCharsets.US_ASCII);
  private static final int WITH_WHOLE = 1;
  private static final int PARTS_ONLY = 2;
  private static final int CHUNK_BYTES_MIN = Hash.BYTES + 1;
  private static final int CHUNKS_MAX = Blob.LENGTH_MAX / CHUNK_BYTES_MIN;

  private final @Nullable Hash contentHash;
  private final List<Chunk> chunks;
  private final long[] ends;

  /// @param hash names the chunk's blob
  /// @param length bytes of content it holds
  public record Chunk(Hash hash, int length) {
    public Chunk {
      if (length < 1 || length > Blob.LENGTH_MAX) {
        throw new IllegalArgumentException("a chunk cannot be " + length + " bytes long");
      }
    }
  }

  private ContentList(@Nullable Hash contentHash, List<Chunk> chunks) {
    this.contentHash = contentHash;
    this.chunks = List.copyOf(chunks);
    this.ends = new long[chunks.size()];
    long end = 0;
    for (int i = 0; i < ends.length; i++) {
      end += this.chunks.get(i).length();
      ends[i] = end;
    }
  }

  /// The list of these chunks.
  ///
  /// @param contentHash the SHA-256 of the chunks' bytes in order; trusted here,
  ///     verified by whoever reads the whole
  public static ContentList of(Hash contentHash, List<Chunk> chunks) {
    return checked(contentHash, chunks);
  }

  /// The list of these chunks, which does not say what the whole has for a hash.
  public static ContentList ofParts(List<Chunk> chunks) {
    return checked(null, chunks);
  }

  private static ContentList checked(@Nullable Hash contentHash, List<Chunk> chunks) {
    ContentList list = new ContentList(contentHash, chunks);
    if (chunks.size() < 2 || list.length() <= Blob.LENGTH_MAX) {
      throw new IllegalArgumentException(
          "content of " + list.length() + " bytes in " + chunks.size() + " chunks is not a list");
    }
    return list;
  }

  /// Reads the canonical encoding.
  ///
  /// @param name names the list in error messages
  /// @throws MalformedEncoding for any other bytes
  public static ContentList decode(String name, byte[] encoding) {
    CanonicalReader reader = new CanonicalReader("list " + name, encoding);
    reader.magic(MAGIC);
    Hash contentHash =
        switch (reader.u8()) {
          case WITH_WHOLE -> reader.hash();
          case PARTS_ONLY -> null;
          default -> throw reader.malformed("it is of a version that is not known here");
        };
    Chunk[] chunks = new Chunk[reader.count(CHUNKS_MAX, CHUNK_BYTES_MIN, "the number of chunks")];
    for (int i = 0; i < chunks.length; i++) {
      Hash hash = reader.hash();
      int length = (int) reader.varint(Blob.LENGTH_MAX, "the length of chunk " + i);
      if (length == 0) {
        throw reader.malformed("chunk " + i + " is empty");
      }
      chunks[i] = new Chunk(hash, length);
    }
    reader.end();
    ContentList list = new ContentList(contentHash, Arrays.asList(chunks));
    if (chunks.length < 2 || list.length() <= Blob.LENGTH_MAX) {
      throw reader.malformed(
          "content of " + list.length() + " bytes in " + chunks.length + " chunks is not a list");
    }
    return list;
  }

  /// The canonical encoding, as a blob.
  ///
  /// @throws OutOfSpace when there are too many chunks for one blob
  public Blob encode() {
    CanonicalWriter writer = new CanonicalWriter(Blob.LENGTH_MAX);
    writer.raw(MAGIC);
    if (contentHash == null) {
      writer.u8(PARTS_ONLY);
    } else {
      writer.u8(WITH_WHOLE).hash(contentHash);
    }
    writer.varint(chunks.size());
    for (Chunk chunk : chunks) {
      writer.hash(chunk.hash()).varint(chunk.length());
    }
    return Blob.of(writer.toBytes());
  }

  /// The SHA-256 of the whole; null when the list is one of parts only.
  public @Nullable Hash contentHash() {
    return contentHash;
  }

  public List<Chunk> chunks() {
    return chunks;
  }

  /// Bytes of the whole content.
  public long length() {
    return ends.length == 0 ? 0 : ends[ends.length - 1];
  }

  /// The chunk that holds the byte at `offset`, which must be inside the content.
  public int chunkAt(long offset) {
    if (offset < 0 || offset >= length()) {
      throw new IndexOutOfBoundsException("offset " + offset + " of " + length());
    }
    int found = Arrays.binarySearch(ends, offset);
    return found >= 0 ? found + 1 : -found - 1;
  }

  /// Where a chunk begins in the content.
  public long startOf(int chunk) {
    return chunk == 0 ? 0 : ends[chunk - 1];
  }

  /// Where a chunk ends in the content: the first byte after it.
  public long endOf(int chunk) {
    return ends[chunk];
  }
}
