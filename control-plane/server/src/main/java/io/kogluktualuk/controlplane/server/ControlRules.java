package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.controlplane.api.MemberInfo;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.rpc.CallRules;
import io.kogluktualuk.fabric.rpc.Method;
import io.kogluktualuk.fabric.rpc.PeerName;
import io.kogluktualuk.fabric.rpc.PeerName.Role;
import io.kogluktualuk.rdma.transport.endpoint.VerbsStatus;
import org.jspecify.annotations.Nullable;

/// Who may make which calls of a control node. See decision 0031 for the reasons.
///
/// **Threading:** stateless.
final class ControlRules {

  private static final String ADMIN = "clients certified as administrators";
  private static final String MEMORY = "the memory node that has registered that id";

  /// Tells who has registered an id, as far as this control node knows; null when nobody has.
  interface Registered {
    @Nullable MemberInfo find(NodeId id);
  }

  private ControlRules() {}

  static CallRules rules(Registered registered) {
    CallRules rules = new CallRules();
    members(rules, registered);
    memos(rules);
    leases(rules);
    credits(rules, registered);
    rest(rules);
    return rules;
  }

  private static void members(CallRules rules, Registered registered) {
    rules
        .allow(
            ControlMethods.REGISTER,
            "a node certified for that role and name, whose id is no other's",
            (peer, info) -> isNamed(peer, info) && owns(peer, info.id(), registered))
        .allow(
            ControlMethods.HEARTBEAT,
            "the node that has registered that id",
            (peer, beat) -> peer.role().isServer() && owns(peer, beat.id(), registered))
        .allowAll(ControlMethods.MEMBERS);
    admin(rules, ControlMethods.FORGET);
    admin(rules, ControlMethods.DRAIN);
  }

  /// An id that nobody has registered is nobody's: the call itself says that it is unknown.
  private static boolean owns(PeerName peer, NodeId id, Registered registered) {
    MemberInfo member = registered.find(id);
    return member == null || isNamed(peer, member);
  }

  private static boolean isNamed(PeerName peer, MemberInfo member) {
    return member.role().name().equals(peer.role().name()) && member.name().equals(peer.name());
  }

  /// What a program's output is, is for those to say who run programs: everybody believes it.
  private static void memos(CallRules rules) {
    rules
        .allowTo(ControlMethods.RECORD, "compute nodes", peer -> peer.role() == Role.COMPUTE)
        .allowTo(ControlMethods.TRACE, "compute nodes", peer -> peer.role() == Role.COMPUTE)
        .allowAll(ControlMethods.TRACED)
        .allowAll(ControlMethods.LOOKUP)
        .allowAll(ControlMethods.EXPLAIN)
        .allowAll(ControlMethods.PRODUCERS_OF)
        .allowAll(ControlMethods.RESOLVE_PREFIX);
    admin(rules, ControlMethods.SET_MEMO_LIMIT);
    admin(rules, ControlMethods.OLD_MEMOS);
    admin(rules, ControlMethods.FORGET_MEMOS);
  }

  /// The name of a lease says whose it is; memory nodes go by that. The list of leases is for
  /// administrators all the same: who holds what is nobody else's business.
  private static void leases(CallRules rules) {
    rules
        .allow(
            ControlMethods.ACQUIRE_LEASE,
            "nodes and clients certified for that account, by whom the lease is named,",
            (peer, ask) ->
                ask.id().isOf(peer.title())
                    && (peer.role().isServer() || pays(peer, ask.account())))
        .allowAll(ControlMethods.RENEW_LEASES)
        .allowAll(ControlMethods.END_LEASE);
    admin(rules, ControlMethods.LEASES);
    admin(rules, ControlMethods.REVOKE_LEASE);
  }

  private static boolean pays(PeerName peer, Account account) {
    return peer.accounts().isEmpty()
        ? account.equals(Account.DEFAULT)
        : peer.accounts().contains(account.name());
  }

  private static void credits(CallRules rules, Registered registered) {
    rules
        .allow(
            ControlMethods.TAKE_CREDITS,
            MEMORY,
            (peer, ask) -> peer.role() == Role.MEMORY && owns(peer, ask.node(), registered))
        .allow(
            ControlMethods.RETURN_CREDITS,
            MEMORY,
            (peer, ask) -> peer.role() == Role.MEMORY && owns(peer, ask.node(), registered))
        .allowTo(
            ControlMethods.ALLOTMENTS,
            "nodes and administrators",
            peer -> peer.role().isServer() || peer.isAdmin())
        .allowAll(ControlMethods.ACCOUNTS);
    admin(rules, ControlMethods.SET_CREDIT_LIMIT);
  }

  private static void rest(CallRules rules) {
    rules
        .allow(
            ControlMethods.SET_ROOT,
            "clients certified for the tenant whose root it is, or as administrators",
            (peer, ask) -> peer.isAdmin() || peer.tenants().contains(ask.name().tenant()))
        .allowAll(ControlMethods.ROOT)
        .allowAll(ControlMethods.AWAIT_ROOT)
        .allowAll(ControlMethods.ROOTS)
        .allowAll(ControlMethods.PIN_GENERATION)
        .allowAll(ControlMethods.STATUS)
        .allowAll(ControlMethods.PLANE)
        .allowAll(VerbsStatus.CALL);
    admin(rules, ControlMethods.ADVANCE_PINS);
    admin(rules, ControlMethods.CHANGE_PLANE);
    admin(rules, ControlMethods.AUDIT);
    admin(rules, ControlMethods.AUDIT_HEAD);
  }

  private static void admin(CallRules rules, Method<?, ?> method) {
    rules.allowTo(method, ADMIN, peer -> peer.isAdmin());
  }
}
