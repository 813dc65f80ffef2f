package io.kogluktualuk.controlplane.model.actions;

import io.kogluktualuk.controlplane.api.MemoRecord;
import io.kogluktualuk.controlplane.model.Proposal;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// What may be asked of the memo index. Tags are never renumbered.
public sealed interface MemoCommand {

  /// Make an outcome known. Replies with a [io.kogluktualuk.controlplane.api.Recorded].
  record Record(MemoRecord memo) implements MemoCommand {}

  default Proposal toProposal() {
    return toProposal(new CanonicalWriter());
  }

  /// As [#toProposal()], by means of a writer that others may use afterwards.
  default Proposal toProposal(CanonicalWriter writer) {
    writer.clear();
    switch (this) {
      case Record command -> MemoRecord.CODEC.write(command.memo(), writer.u8(1));
    }
    return new Proposal(MemoTable.NUMBER, writer.toBytes());
  }

  static MemoCommand read(CanonicalReader reader) {
    int tag = reader.u8();
    if (tag != 1) {
      throw reader.malformed("no memo command has tag " + tag);
    }
    return new Record(MemoRecord.CODEC.read(reader));
  }
}
