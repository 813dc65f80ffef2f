package io.kogluktualuk.controlplane.model.credits;

import io.kogluktualuk.controlplane.api.CreditBalance;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.lease.Account;

/// What may happen to the credits table. Tags are never renumbered.
public sealed interface CreditsChange {

  /// The limit of an account is this.
  record Limited(Account account, long bytes) implements CreditsChange {}

  /// What a node may charge to an account is this, all together; 0 for nothing any more.
  record Allotted(Account account, NodeId node, long bytes) implements CreditsChange {}

  default byte[] toBytes() {
    CanonicalWriter writer = new CanonicalWriter();
    switch (this) {
      case Limited(Account account, long bytes) -> {
        Account.CODEC.write(account, writer.u8(1));
        writer.varint(bytes);
      }
      case Allotted(Account account, NodeId node, long bytes) -> {
        Account.CODEC.write(account, writer.u8(2));
        NodeId.CODEC.write(node, writer);
        writer.varint(bytes);
      }
    }
    return writer.toBytes();
  }

  static CreditsChange read(CanonicalReader reader) {
    int tag = reader.u8();
    return switch (tag) {
      case 1 -> new Limited(Account.CODEC.read(reader), bytes(reader));
      case 2 -> new Allotted(Account.CODEC.read(reader), NodeId.CODEC.read(reader), bytes(reader));
      default -> throw reader.malformed("no credits change has tag " + tag);
    };
  }

  private static long bytes(CanonicalReader reader) {
    return reader.varint(CreditBalance.BYTES_MAX, "the bytes of credit");
  }
}
