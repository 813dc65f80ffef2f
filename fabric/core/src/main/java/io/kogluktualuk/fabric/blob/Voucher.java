package io.kogluktualuk.fabric.blob;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.ArrayList;
import java.util.List;

/// The word of whoever has put some content that these are the tags of its chunks.
///
/// Who believes that one verifies the bytes as fast as they can be read, instead of by SHA-256
/// (decision 0053). It vouches for nothing else: the memory node has verified the names when it
/// took the bytes, and whoever cannot use the voucher verifies them again.
///
/// ```
/// key 32 bytes │ count u8 │ count × (high u64 │ low u64)
/// ```
///
/// @param key what the tags were made under: no secret from those who read the content, and one
///     from everybody else
/// @param tags of the chunks in order; content that is one blob has one
public record Voucher(Hash key, List<Tag> tags) {

  /// Content of more chunks has no voucher: some 100 MiB, read as a stream.
  public static final int TAGS_MAX = 32;

  public static final Codec<Voucher> CODEC =
      new Codec<>() {
        @Override
        public void write(Voucher voucher, CanonicalWriter writer) {
          writer.hash(voucher.key).u8(voucher.tags.size());
          voucher.tags.forEach(tag -> writer.u64(tag.high()).u64(tag.low()));
        }

        @Override
        public Voucher read(CanonicalReader reader) {
          Hash key = reader.hash();
          int count = reader.u8();
          if (count == 0 || count > TAGS_MAX) {
            throw reader.malformed("a voucher has 1 to " + TAGS_MAX + " tags, found " + count);
          }
          List<Tag> tags = new ArrayList<>(count);
          for (int i = 0; i < count; i++) {
            tags.add(new Tag(reader.u64(), reader.u64()));
          }
          return new Voucher(key, tags);
        }
      };

  public Voucher {
    tags = List.copyOf(tags);
    if (tags.isEmpty() || tags.size() > TAGS_MAX) {
      throw new IllegalArgumentException(
          "a voucher has 1 to " + TAGS_MAX + " tags, found " + tags.size());
    }
  }
}
