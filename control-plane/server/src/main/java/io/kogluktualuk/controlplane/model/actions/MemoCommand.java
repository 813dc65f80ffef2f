package io.kogluktualuk.controlplane.model.actions;

import io.kogluktualuk.controlplane.api.ForgetMemos;
import io.kogluktualuk.controlplane.api.MemoLimit;
import io.kogluktualuk.controlplane.api.MemoRecord;
import io.kogluktualuk.controlplane.model.Proposal;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// What may be asked of the memo index. Tags are never renumbered.
///
/// ```
/// u8 1 │ memo record
/// u8 2 │ bool only if there is none │ memo limit
/// u8 3 │ memos to be forgotten
/// ```
public sealed interface MemoCommand {

  /// Make an outcome known. Replies with a [io.kogluktualuk.controlplane.api.Recorded].
  record Record(MemoRecord memo) implements MemoCommand {}

  /// Let the memos take so much and no more. Replies with nothing.
  ///
  /// @param isFirst changes nothing when there is a limit
  record SetLimit(MemoLimit limit, boolean isFirst) implements MemoCommand {}

  /// Forget memos, those of them that are as old as was thought. Replies with how many there were.
  record Forget(ForgetMemos memos) implements MemoCommand {}

  default Proposal toProposal() {
    return toProposal(new CanonicalWriter());
  }

  /// As [#toProposal()], by means of a writer that others may use afterwards.
  default Proposal toProposal(CanonicalWriter writer) {
    writer.clear();
    switch (this) {
      case Record command -> MemoRecord.CODEC.write(command.memo(), writer.u8(1));
      case SetLimit(MemoLimit limit, boolean isFirst) ->
          MemoLimit.CODEC.write(limit, writer.u8(2).bool(isFirst));
      case Forget command -> ForgetMemos.CODEC.write(command.memos(), writer.u8(3));
    }
    return new Proposal(MemoTable.NUMBER, writer.toBytes());
  }

  static MemoCommand read(CanonicalReader reader) {
    int tag = reader.u8();
    return switch (tag) {
      case 1 -> new Record(MemoRecord.CODEC.read(reader));
      case 2 -> {
        boolean isFirst = reader.bool();
        yield new SetLimit(MemoLimit.CODEC.read(reader), isFirst);
      }
      case 3 -> new Forget(ForgetMemos.CODEC.read(reader));
      default -> throw reader.malformed("no memo command has tag " + tag);
    };
  }
}
