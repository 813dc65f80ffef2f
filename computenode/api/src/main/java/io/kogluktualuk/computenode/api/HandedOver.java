package io.kogluktualuk.computenode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Codec;

/// Names a transaction that one compute node has handed to another.
///
/// ```
/// run id │ hash transaction
/// ```
///
/// @param run the top-level run it is part of
/// @param transaction the key
public record HandedOver(RunId run, Hash transaction) {

  public static final Codec<HandedOver> CODEC =
      new Codec<>() {
        @Override
        public void write(HandedOver handed, CanonicalWriter writer) {
          RunId.CODEC.write(handed.run, writer);
          writer.hash(handed.transaction);
        }

        @Override
        public HandedOver read(CanonicalReader reader) {
          return new HandedOver(RunId.CODEC.read(reader), reader.hash());
        }
      };
}
