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

  default Proposal toProposal() {
    CanonicalWriter writer = new CanonicalWriter();
    switch (this) {
      case Register register -> MemberInfo.CODEC.write(register.info(), writer.u8(1));
      case Forget forget -> NodeId.CODEC.write(forget.id(), writer.u8(2));
    }
    return new Proposal(MembersTable.NUMBER, writer.toBytes());
  }

  static MembersCommand read(CanonicalReader reader) {
    int tag = reader.u8();
    return switch (tag) {
      case 1 -> new Register(MemberInfo.CODEC.read(reader));
      case 2 -> new Forget(NodeId.CODEC.read(reader));
      default -> throw reader.malformed("no members command has tag " + tag);
    };
  }
}
