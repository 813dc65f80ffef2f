package io.kogluktualuk.controlplane.model.leases;

import io.kogluktualuk.controlplane.api.RenewLeases;
import io.kogluktualuk.controlplane.model.Proposal;
import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.lease.LeaseProof;

/// What may be asked of the leases table. Tags are never renumbered.
public sealed interface LeasesCommand {

  /// Grant a lease, or take over the living one of that id. Replies with a [Lease].
  record Acquire(LeaseId id, String holder, Account account, long ttlMillis)
      implements LeasesCommand {}

  /// Let leases live on. Replies with a [Renewal] for each.
  record Renew(RenewLeases leases) implements LeasesCommand {}

  /// The holder needs it no more. Replies with nothing.
  record End(LeaseProof proof) implements LeasesCommand {}

  /// An operator ends it. Replies with nothing.
  record Revoke(LeaseId id) implements LeasesCommand {}

  /// End what has lapsed. Replies with nothing.
  record Expire() implements LeasesCommand {}

  /// One of the first three, asked by somebody whose certificate says who it is: a lease that was
  /// acquired so is that caller's.
  ///
  /// @param caller role and name
  record By(String caller, LeasesCommand command) implements LeasesCommand {

    public By {
      if (caller.isEmpty() || command instanceof By) {
        throw new IllegalArgumentException("a command by '" + caller + "': " + command);
      }
    }
  }

  default Proposal toProposal() {
    CanonicalWriter writer = new CanonicalWriter();
    write(writer);
    return new Proposal(LeasesTable.NUMBER, writer.toBytes());
  }

  private void write(CanonicalWriter writer) {
    switch (this) {
      case Acquire(LeaseId id, String holder, Account account, long ttlMillis) -> {
        LeaseId.CODEC.write(id, writer.u8(1));
        Account.CODEC.write(account, writer.text(holder));
        writer.varint(ttlMillis);
      }
      case Renew renew -> RenewLeases.CODEC.write(renew.leases(), writer.u8(2));
      case End end -> LeaseProof.CODEC.write(end.proof(), writer.u8(3));
      case Revoke revoke -> LeaseId.CODEC.write(revoke.id(), writer.u8(4));
      case Expire _ -> writer.u8(5);
      case By(String caller, LeasesCommand command) -> command.write(writer.u8(6).text(caller));
    }
  }

  static LeasesCommand read(CanonicalReader reader) {
    int tag = reader.u8();
    if (tag == 6) {
      return new By(LeasesChange.readOwner(reader), readPlain(reader.u8(), reader));
    }
    return readPlain(tag, reader);
  }

  private static LeasesCommand readPlain(int tag, CanonicalReader reader) {
    return switch (tag) {
      case 1 ->
          new Acquire(
              LeaseId.CODEC.read(reader),
              LeasesChange.readHolder(reader),
              Account.CODEC.read(reader),
              LeasesChange.readTtl(reader));
      case 2 -> new Renew(RenewLeases.CODEC.read(reader));
      case 3 -> new End(LeaseProof.CODEC.read(reader));
      case 4 -> new Revoke(LeaseId.CODEC.read(reader));
      case 5 -> new Expire();
      default -> throw reader.malformed("no leases command has tag " + tag);
    };
  }
}
