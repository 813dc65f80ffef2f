package io.kogluktualuk.controlplane.model.members;

import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// What may happen to the members table. Tags are never renumbered.
public sealed interface MembersChange {

  /// The epoch from this change on.
  long epoch();

  /// A member is there, or is known differently.
  record Joined(MemberInfo info, long epoch) implements MembersChange {}

  /// A member is gone.
  record Left(NodeId id, long epoch) implements MembersChange {}

  /// A member is marked so: it shall empty itself, and it was silent for too long.
  record Marked(NodeId id, boolean isDraining, boolean isLost, long epoch)
      implements MembersChange {}

  /// Nothing but the epoch: the end of a frozen table.
  record Reached(long epoch) implements MembersChange {}

  default byte[] toBytes() {
    CanonicalWriter writer = new CanonicalWriter();
    switch (this) {
      case Joined joined -> MemberInfo.CODEC.write(joined.info(), writer.u8(1));
      case Left left -> NodeId.CODEC.write(left.id(), writer.u8(2));
      case Reached _ -> writer.u8(3);
      case Marked marked -> {
        NodeId.CODEC.write(marked.id(), writer.u8(4));
        writer.bool(marked.isDraining()).bool(marked.isLost());
      }
    }
    return writer.varint(epoch()).toBytes();
  }

  static MembersChange read(CanonicalReader reader) {
    int tag = reader.u8();
    return switch (tag) {
      case 1 -> new Joined(MemberInfo.CODEC.read(reader), reader.varint());
      case 2 -> new Left(NodeId.CODEC.read(reader), reader.varint());
      case 3 -> new Reached(reader.varint());
      case 4 ->
          new Marked(NodeId.CODEC.read(reader), reader.bool(), reader.bool(), reader.varint());
      default -> throw reader.malformed("no members change has tag " + tag);
    };
  }
}
