package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.List;

/// Transactions found by a search.
///
/// @param hasMore whether there are more than one answer may list
public record Keys(List<Hash> keys, boolean hasMore) {

  /// Enough for a person, and for a program that wants one.
  public static final int KEYS_MAX = 100;

  public static final Codec<Keys> CODEC =
      new Codec<>() {
        @Override
        public void write(Keys found, CanonicalWriter writer) {
          writer.bool(found.hasMore);
          Lists.write(found.keys, Hashes.CODEC, writer);
        }

        @Override
        public Keys read(CanonicalReader reader) {
          boolean hasMore = reader.bool();
          return new Keys(
              Lists.read(Hashes.CODEC, KEYS_MAX, Hash.BYTES, "the keys", reader), hasMore);
        }
      };

  public Keys {
    keys = List.copyOf(keys);
  }
}
