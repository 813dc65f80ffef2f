package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Codec;

/// Two outcomes of one transaction: a violation of determinism.
///
/// @param keptBy who recorded first
/// @param offeredBy who came later with another outcome
public record Disagreement(
    Hash key, Ref keptOutput, String keptBy, Ref offeredOutput, String offeredBy, long atMillis) {

  static final int ENCODED_BYTES_MAX =
      Hash.BYTES + 2 * (1 + Hash.BYTES + 9) + 2 * (1 + MemberInfo.NAME_BYTES_MAX) + 9;

  public static final Codec<Disagreement> CODEC =
      new Codec<>() {
        @Override
        public void write(Disagreement value, CanonicalWriter writer) {
          writer.hash(value.key);
          Ref.CODEC.write(value.keptOutput, writer);
          writer.text(value.keptBy);
          Ref.CODEC.write(value.offeredOutput, writer);
          writer.text(value.offeredBy).varint(value.atMillis);
        }

        @Override
        public Disagreement read(CanonicalReader reader) {
          return new Disagreement(
              reader.hash(),
              Ref.CODEC.read(reader),
              reader.text(MemberInfo.NAME_BYTES_MAX, "the name of a producer"),
              Ref.CODEC.read(reader),
              reader.text(MemberInfo.NAME_BYTES_MAX, "the name of a producer"),
              reader.varint());
        }
      };

  /// The same as an error, for those who must stop on it.
  public Conflict toConflict() {
    return new Conflict(
        "transaction "
            + key
            + " gave two outcomes: "
            + keptBy
            + " found "
            + keptOutput
            + ", "
            + offeredBy
            + " found "
            + offeredOutput
            + " (outcomes may also differ in how they ended, in fuel, diagnostics or trace)");
  }
}
