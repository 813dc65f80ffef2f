package io.kogluktualuk.controlplane.model.actions;

import io.kogluktualuk.controlplane.api.Disagreement;
import io.kogluktualuk.controlplane.api.MemoLimit;
import io.kogluktualuk.controlplane.api.MemoRecord;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;

/// What may happen to the memo index. Tags are never renumbered.
public sealed interface MemoChange {

  /// The tag of [Known].
  int KNOWN = 1;

  /// The outcome of a transaction is known.
  record Known(MemoRecord memo, long atMillis) implements MemoChange {}

  /// Someone found another outcome than the one that is known.
  ///
  /// @param count disagreements so far, this one included
  record Disagreed(Disagreement disagreement, long count) implements MemoChange {}

  /// The memos may take so much.
  record Limited(MemoLimit limit) implements MemoChange {}

  /// The outcome of a transaction is not known any more.
  record Forgotten(Hash key) implements MemoChange {}

  default byte[] toBytes() {
    CanonicalWriter writer = new CanonicalWriter();
    switch (this) {
      case Known known -> {
        MemoRecord.CODEC.write(known.memo(), writer.u8(KNOWN));
        writer.varint(known.atMillis());
      }
      case Disagreed disagreed -> {
        Disagreement.CODEC.write(disagreed.disagreement(), writer.u8(2));
        writer.varint(disagreed.count());
      }
      case Limited limited -> MemoLimit.CODEC.write(limited.limit(), writer.u8(3));
      case Forgotten forgotten -> writer.u8(4).hash(forgotten.key());
    }
    return writer.toBytes();
  }

  static MemoChange read(CanonicalReader reader) {
    int tag = reader.u8();
    return switch (tag) {
      case KNOWN -> new Known(MemoRecord.CODEC.read(reader), reader.varint());
      case 2 -> new Disagreed(Disagreement.CODEC.read(reader), reader.varint());
      case 3 -> new Limited(MemoLimit.CODEC.read(reader));
      case 4 -> new Forgotten(reader.hash());
      default -> throw reader.malformed("no memo change has tag " + tag);
    };
  }
}
