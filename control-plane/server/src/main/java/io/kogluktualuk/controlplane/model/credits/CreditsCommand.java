package io.kogluktualuk.controlplane.model.credits;

import io.kogluktualuk.controlplane.api.CreditBalance;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.controlplane.model.Proposal;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.lease.Account;

/// What may be asked of the credits table. Tags are never renumbered.
public sealed interface CreditsCommand {

  /// Set the limit of an account. Replies with a [CreditBalance].
  record SetLimit(Account account, long bytes) implements CreditsCommand {}

  /// Allot to a node. Replies with a [CreditGrant].
  record Take(Account account, NodeId node, long wantedBytes, long leastBytes)
      implements CreditsCommand {}

  /// Take back from a node. Replies with a [CreditBalance].
  record Return(Account account, NodeId node, long bytes) implements CreditsCommand {}

  default Proposal toProposal() {
    CanonicalWriter writer = new CanonicalWriter();
    switch (this) {
      case SetLimit(Account account, long bytes) -> {
        Account.CODEC.write(account, writer.u8(1));
        writer.varint(bytes);
      }
      case Take(Account account, NodeId node, long wanted, long least) -> {
        Account.CODEC.write(account, writer.u8(2));
        NodeId.CODEC.write(node, writer);
        writer.varint(wanted).varint(least);
      }
      case Return(Account account, NodeId node, long bytes) -> {
        Account.CODEC.write(account, writer.u8(3));
        NodeId.CODEC.write(node, writer);
        writer.varint(bytes);
      }
    }
    return new Proposal(CreditsTable.NUMBER, writer.toBytes());
  }

  static CreditsCommand read(CanonicalReader reader) {
    int tag = reader.u8();
    return switch (tag) {
      case 1 -> new SetLimit(Account.CODEC.read(reader), bytes(reader));
      case 2 -> readTake(reader);
      case 3 -> new Return(Account.CODEC.read(reader), NodeId.CODEC.read(reader), bytes(reader));
      default -> throw reader.malformed("no credits command has tag " + tag);
    };
  }

  private static Take readTake(CanonicalReader reader) {
    Account account = Account.CODEC.read(reader);
    NodeId node = NodeId.CODEC.read(reader);
    long wanted = bytes(reader);
    long least = reader.varint(wanted, "the least bytes wanted");
    if (least == 0) {
      throw reader.malformed("at least 0 bytes of credit are wanted");
    }
    return new Take(account, node, wanted, least);
  }

  private static long bytes(CanonicalReader reader) {
    return reader.varint(CreditBalance.BYTES_MAX, "the bytes of credit");
  }
}
