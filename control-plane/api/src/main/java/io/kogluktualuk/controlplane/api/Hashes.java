package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Codec;

/// A hash as a message or as an element of one.
final class Hashes {

  static final Codec<Hash> CODEC =
      new Codec<>() {
        @Override
        public void write(Hash hash, CanonicalWriter writer) {
          writer.hash(hash);
        }

        @Override
        public Hash read(CanonicalReader reader) {
          return reader.hash();
        }
      };

  private Hashes() {}
}
