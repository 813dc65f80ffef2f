package io.kogluktualuk.memnode.server;

import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.rpc.CallRules;
import io.kogluktualuk.fabric.rpc.PeerName;
import io.kogluktualuk.memnode.api.LeaseTerms;
import io.kogluktualuk.memnode.api.MemoryCalls;
import io.kogluktualuk.memnode.api.SpaceTerms;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.rdma.transport.endpoint.VerbsStatus;
import org.jspecify.annotations.Nullable;

/// Who may make which calls of a memory node: a client only for the tenants that its certificate
/// names, at the cost of the accounts that it names (of the default account when it names none);
/// nodes for all. A lease is used by nobody but its owner, whatever the role: its name says whose
/// it is. See decision 0031.
///
/// **Threading:** stateless.
final class StoreRules {

  private static final String WHO = "nodes and clients certified for that tenant";
  private static final String PAYING = WHO + " and account";
  private static final String OWNING = PAYING + ", under their own lease,";

  private StoreRules() {}

  static CallRules rules() {
    CallRules rules = new CallRules();
    leases(rules);
    return rules
        .allowAll(VerbsStatus.CALL)
        .allowAll(MemoryCalls.STATUS)
        .allowAll(MemoryCalls.CREDITS)
        .allowAll(MemoryCalls.REPAIR)
        .allow(MemoryCalls.DESCRIBE, WHO, (peer, ask) -> serves(peer, ask.tenant()))
        .allow(MemoryCalls.LOCATE, WHO, (peer, ask) -> serves(peer, ask.tenant()))
        .allow(MemoryCalls.PROMOTE, WHO, (peer, ask) -> serves(peer, ask.tenant()))
        .allow(MemoryCalls.RESOLVE, WHO, (peer, ask) -> serves(peer, ask.tenant()))
        .allow(MemoryCalls.STAND, WHO, (peer, ask) -> serves(peer, ask.tenant()))
        .allow(MemoryCalls.SEAL, WHO, (peer, ask) -> serves(peer, ask.tenant()))
        .allow(MemoryCalls.SYNC, WHO, (peer, ask) -> serves(peer, ask.tenant()))
        .allow(MemoryCalls.TOUCH, WHO, (peer, ask) -> serves(peer, ask.tenant()))
        .allow(MemoryCalls.SCARCE, WHO, (peer, ask) -> serves(peer, ask.tenant()))
        .allow(MemoryCalls.PIN, PAYING, (peer, ask) -> serves(peer, ask.tenant(), ask.space()))
        .allowTo(
            MemoryCalls.COLLECT,
            "nodes and administrators",
            peer -> peer.role().isServer() || peer.isAdmin());
  }

  private static void leases(CallRules rules) {
    rules
        .allow(
            MemoryCalls.RESERVE,
            OWNING,
            (peer, ask) -> serves(peer, ask.tenant(), ask.space()) && owns(peer, ask.lease()))
        .allow(
            MemoryCalls.PUT,
            OWNING,
            (peer, ask) ->
                serves(peer, ask.blobs().tenant(), ask.blobs().space())
                    && owns(peer, ask.blobs().lease()))
        .allow(
            MemoryCalls.HOLD,
            OWNING,
            (peer, ask) -> serves(peer, ask.tenant(), ask.space()) && owns(peer, ask.lease()))
        .allow(
            MemoryCalls.RELEASE,
            WHO + ", of their own lease,",
            (peer, ask) -> serves(peer, ask.tenant()) && ask.proof().id().isOf(peer.title()));
  }

  private static boolean owns(PeerName peer, @Nullable LeaseTerms lease) {
    return lease == null || lease.proof().id().isOf(peer.title());
  }

  private static boolean serves(PeerName peer, Tenant tenant) {
    return peer.role().isServer() || peer.tenants().contains(tenant.name());
  }

  private static boolean serves(PeerName peer, Tenant tenant, SpaceTerms space) {
    return serves(peer, tenant) && (peer.role().isServer() || pays(peer, space.account()));
  }

  private static boolean pays(PeerName peer, Account account) {
    return peer.accounts().isEmpty()
        ? account.equals(Account.DEFAULT)
        : peer.accounts().contains(account.name());
  }
}
