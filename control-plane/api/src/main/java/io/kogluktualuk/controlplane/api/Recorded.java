package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Codec;

/// What became of a memo record.
public sealed interface Recorded {

  /// It was the first for its key and is the truth from now on.
  record First() implements Recorded {}

  /// The same outcome was there already.
  record Same() implements Recorded {}

  /// Another outcome was there already and stays: one of the two nodes is not deterministic.
  ///
  /// @param keptOutput the output that the memo index goes on to answer with
  record Disagreeing(Ref keptOutput) implements Recorded {}

  Codec<Recorded> CODEC =
      new Codec<>() {
        @Override
        public void write(Recorded recorded, CanonicalWriter writer) {
          switch (recorded) {
            case First _ -> writer.u8(1);
            case Same _ -> writer.u8(2);
            case Disagreeing disagreeing -> {
              writer.u8(3);
              Ref.CODEC.write(disagreeing.keptOutput(), writer);
            }
          }
        }

        @Override
        public Recorded read(CanonicalReader reader) {
          int tag = reader.u8();
          return switch (tag) {
            case 1 -> new First();
            case 2 -> new Same();
            case 3 -> new Disagreeing(Ref.CODEC.read(reader));
            default -> throw reader.malformed("no fate of a memo record has tag " + tag);
          };
        }
      };
}
