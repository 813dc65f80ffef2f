package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.controlplane.api.AcquireLease;
import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.controlplane.api.Lease;
import io.kogluktualuk.controlplane.api.Leases;
import io.kogluktualuk.controlplane.api.Maybe;
import io.kogluktualuk.controlplane.api.Nothing;
import io.kogluktualuk.controlplane.api.RenewLeases;
import io.kogluktualuk.controlplane.api.Renewal;
import io.kogluktualuk.controlplane.model.ControlMachine;
import io.kogluktualuk.controlplane.model.Proposal;
import io.kogluktualuk.controlplane.model.leases.LeasesCommand;
import io.kogluktualuk.controlplane.model.leases.LeasesTable;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.fabric.rpc.Caller;
import io.kogluktualuk.fabric.rpc.MethodTable;
import io.kogluktualuk.fabric.rpc.PeerName;
import java.util.List;

/// The calls about leases.
///
/// **Threading:** any thread.
final class LeaseCalls {

  private final MainLog main;
  private final ControlMachine machine;

  LeaseCalls(MainLog main, ControlMachine machine) {
    this.main = main;
    this.machine = machine;
  }

  void addTo(MethodTable methods) {
    methods
        .onFrom(ControlMethods.ACQUIRE_LEASE, this::acquire)
        .onFrom(ControlMethods.RENEW_LEASES, this::renew)
        .onFrom(ControlMethods.END_LEASE, this::end)
        .on(ControlMethods.LEASES, this::leases)
        .onFrom(ControlMethods.REVOKE_LEASE, this::revoke);
  }

  private Lease acquire(Caller caller, AcquireLease ask) {
    LeasesCommand command =
        new LeasesCommand.Acquire(ask.id(), ask.holder(), ask.account(), ask.ttlMillis());
    Proposal proposal = by(caller, command).toProposal();
    return LeasesTable.readLease(main.propose(caller, ask.request(), proposal));
  }

  /// A lease is the certificate's that it was acquired with.
  private static LeasesCommand by(Caller caller, LeasesCommand command) {
    return caller instanceof PeerName peer ? new LeasesCommand.By(peer.title(), command) : command;
  }

  private List<Renewal> renew(Caller caller, RenewLeases ask) {
    byte[] reply = main.propose(by(caller, new LeasesCommand.Renew(ask)).toProposal());
    return LeasesTable.readRenewals(reply);
  }

  private Nothing end(Caller caller, LeaseProof proof) {
    main.propose(by(caller, new LeasesCommand.End(proof)).toProposal());
    return new Nothing();
  }

  private Nothing revoke(Caller caller, LeaseId id) {
    main.propose(caller, null, new LeasesCommand.Revoke(id).toProposal());
    return new Nothing();
  }

  private Leases leases(Maybe<LeaseId> after) {
    return main.read(
        () -> {
          List<Leases.Held> page = machine.leases().page(after.value(), Leases.PAGE_MAX + 1);
          return new Leases(
              machine.elapsedMillis(),
              page.stream().limit(Leases.PAGE_MAX).toList(),
              page.size() > Leases.PAGE_MAX);
        });
  }
}
