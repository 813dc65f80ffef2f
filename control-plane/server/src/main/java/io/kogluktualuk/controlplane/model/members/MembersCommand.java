package io.kogluktualuk.controlplane.model.members;

import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.model.Proposal;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// What may be asked of the members table. Tags are never renumbered.
public sealed interface MembersCommand {

  /// Join, or change what is known. Replies with the epoch.
  record Register(MemberInfo info) implements MembersCommand {}

  /// Leave for good. Replies with the epoch.
  record Forget(NodeId id) implements MembersCommand {}

  /// Empty itself, or not any more. Replies with the epoch.
  record Drain(NodeId id, boolean isDraining) implements MembersCommand {}

  /// It was silent for too long. Replies with the epoch.
  record MarkLost(NodeId id) implements MembersCommand {}

  /// It was heard again. Replies with the epoch.
  record Returned(NodeId id) implements MembersCommand {}

  default Proposal toProposal() {
    CanonicalWriter writer = new CanonicalWriter();
    switch (this) {
      case Register register -> MemberInfo.CODEC.write(register.info(), writer.u8(1));
      case Forget forget -> NodeId.CODEC.write(forget.id(), writer.u8(2));
      case Drain drain -> {
        NodeId.CODEC.write(drain.id(), writer.u8(3));
        writer.bool(drain.isDraining());
      }
      case MarkLost lost -> NodeId.CODEC.write(lost.id(), writer.u8(4));
      case Returned returned -> NodeId.CODEC.write(returned.id(), writer.u8(5));
    }
    return new Proposal(MembersTable.NUMBER, writer.toBytes());
  }

  static MembersCommand read(CanonicalReader reader) {
    int tag = reader.u8();
    return switch (tag) {
      case 1 -> new Register(MemberInfo.CODEC.read(reader));
      case 2 -> new Forget(NodeId.CODEC.read(reader));
      case 3 -> new Drain(NodeId.CODEC.read(reader), reader.bool());
      case 4 -> new MarkLost(NodeId.CODEC.read(reader));
      case 5 -> new Returned(NodeId.CODEC.read(reader));
      default -> throw reader.malformed("no members command has tag " + tag);
    };
  }
}
