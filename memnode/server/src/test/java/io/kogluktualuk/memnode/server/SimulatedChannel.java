package io.kogluktualuk.memnode.server;

import io.kogluktualuk.controlplane.api.AcquireLease;
import io.kogluktualuk.controlplane.api.RenewLeases;
import io.kogluktualuk.controlplane.api.ReturnCredits;
import io.kogluktualuk.controlplane.api.TakeCredits;
import io.kogluktualuk.controlplane.model.credits.CreditsCommand;
import io.kogluktualuk.controlplane.model.credits.CreditsTable;
import io.kogluktualuk.controlplane.model.leases.LeasesCommand;
import io.kogluktualuk.controlplane.model.leases.LeasesTable;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.Method;

/// The way of one party to the simulated control nodes, for the real clients of leases and
/// credits.
///
/// **Threading:** one thread.
record SimulatedChannel(String from, SimulatedControl control) implements Channel {

  @Override
  @SuppressWarnings("unchecked") // the method says what it is answered with
  public <Q, R> R call(Method<Q, R> method, Q request, Deadline deadline) {
    return (R) answer(method, request);
  }

  private Object answer(Method<?, ?> method, Object request) {
    return switch (request) {
      case AcquireLease ask ->
          LeasesTable.readLease(
              control.propose(
                  from,
                  ask.request(),
                  new LeasesCommand.Acquire(ask.id(), ask.holder(), ask.account(), ask.ttlMillis())
                      .toProposal()));
      case RenewLeases ask ->
          LeasesTable.readRenewals(
              control.propose(from, null, new LeasesCommand.Renew(ask).toProposal()));
      case LeaseProof proof ->
          control.propose(from, null, new LeasesCommand.End(proof).toProposal());
      case TakeCredits ask ->
          CreditsTable.readGrant(
              control.propose(
                  from,
                  ask.request(),
                  new CreditsCommand.Take(
                          ask.account(), ask.node(), ask.wantedBytes(), ask.leastBytes())
                      .toProposal()));
      case ReturnCredits ask ->
          CreditsTable.readBalance(
              control.propose(
                  from,
                  ask.request(),
                  new CreditsCommand.Return(ask.account(), ask.node(), ask.bytes()).toProposal()));
      default -> throw new IllegalArgumentException("nobody answers " + method);
    };
  }

  @Override
  public void close() {
    // There is nothing to close.
  }
}
