package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.OutOfSpace;
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

  /// There was no room for it, nor any outcome of its transaction: it is as true as before, but
  /// nobody else will know.
  ///
  /// @param unit what is counted: bytes or producers
  record NoRoom(String unit, long used, long limit, long needed) implements Recorded {

    /// The same, as a fault.
    public OutOfSpace toOutOfSpace() {
      return new OutOfSpace(
          "the memo index is full: %d of %d %s are used, and %d more needed"
              .formatted(used, limit, unit, needed));
    }
  }

  int UNIT_BYTES_MAX = 16;

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
            case NoRoom(String unit, long used, long limit, long needed) ->
                writer.u8(4).text(unit).varint(used).varint(limit).varint(needed);
          }
        }

        @Override
        public Recorded read(CanonicalReader reader) {
          int tag = reader.u8();
          return switch (tag) {
            case 1 -> new First();
            case 2 -> new Same();
            case 3 -> new Disagreeing(Ref.CODEC.read(reader));
            case 4 ->
                new NoRoom(
                    reader.text(UNIT_BYTES_MAX, "what there is no room for"),
                    reader.varint(),
                    reader.varint(),
                    reader.varint());
            default -> throw reader.malformed("no fate of a memo record has tag " + tag);
          };
        }
      };
}
