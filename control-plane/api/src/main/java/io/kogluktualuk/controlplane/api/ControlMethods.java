package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Method;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.TraceClaim;
import java.util.List;

/// The control calls that a control node answers. Numbers 100–199; never renumbered.
public final class ControlMethods {

  /// 200 outcomes of 138 bytes at most fit into a message.
  public static final int LOOKUP_KEYS_MAX = 200;

  /// 120 memo records of 245 bytes at most fit into a message.
  public static final int RECORDS_MAX = 120;

  /// 400 entries of 64 bytes fit into a message.
  public static final int TRACES_MAX = 300;

  private static final int OUTCOME_BYTES_MIN = 1;
  private static final int MEMO_RECORD_BYTES_MIN = Hash.BYTES + 2 + 1 + 3 * 34 + 2 + 1;

  /// Joins, or changes what the fabric knows about a member. Answers with the new epoch.
  public static final Method<MemberInfo, Members> REGISTER =
      new Method<>(100, "control.register", MemberInfo.CODEC, Members.CODEC, true);

  /// A sign of life. [io.kogluktualuk.fabric.fault.NotFound] when the node must register first.
  public static final Method<Heartbeat, HeartbeatReply> HEARTBEAT =
      new Method<>(101, "control.heartbeat", Heartbeat.CODEC, HeartbeatReply.CODEC, true);

  /// The members with ids greater than the one given, or all.
  public static final Method<Maybe<NodeId>, Members> MEMBERS =
      new Method<>(102, "control.members", Maybe.codec(NodeId.CODEC), Members.CODEC, true);

  /// Leaves for good. A node that is not there is fine.
  public static final Method<NodeId, Nothing> FORGET =
      new Method<>(103, "control.forget", NodeId.CODEC, Nothing.CODEC, true);

  /// For each key, in order, its outcome if known.
  public static final Method<List<Hash>, List<Maybe<Outcome>>> LOOKUP =
      new Method<>(
          110,
          "control.lookup",
          Lists.codec(Hashes.CODEC, LOOKUP_KEYS_MAX, Hash.BYTES, "the keys"),
          Lists.codec(
              Maybe.codec(Outcome.CODEC), LOOKUP_KEYS_MAX, OUTCOME_BYTES_MIN, "the outcomes"),
          true);

  /// Makes outcomes known. Answers for each, in order, what became of it.
  public static final Method<List<MemoRecord>, List<Recorded>> RECORD =
      new Method<>(
          111,
          "control.record",
          Lists.codec(MemoRecord.CODEC, RECORDS_MAX, MEMO_RECORD_BYTES_MIN, "the memo records"),
          Lists.codec(Recorded.CODEC, RECORDS_MAX, 1, "the fates"),
          true);

  /// All about one transaction. [io.kogluktualuk.fabric.fault.NotFound] when there is no record.
  public static final Method<Hash, MemoEntry> EXPLAIN =
      new Method<>(112, "control.explain", Hashes.CODEC, MemoEntry.CODEC, true);

  /// The transactions whose output has a hash with this prefix.
  public static final Method<HashPrefix, Keys> PRODUCERS_OF =
      new Method<>(113, "control.producers-of", HashPrefix.CODEC, Keys.CODEC, true);

  /// The transactions whose key has this prefix.
  public static final Method<HashPrefix, Keys> RESOLVE_PREFIX =
      new Method<>(114, "control.resolve-prefix", HashPrefix.CODEC, Keys.CODEC, true);

  /// Sets what the outcomes in the memo index may be charged;
  /// [io.kogluktualuk.fabric.fault.InvalidArgument] when the node that is asked has no heap for
  /// it.
  public static final Method<MemoLimit, Nothing> SET_MEMO_LIMIT =
      new Method<>(115, "control.set-memo-limit", MemoLimit.CODEC, Nothing.CODEC, true);

  /// Outcomes that were recorded before a time.
  public static final Method<FindOldMemos, OldMemos> OLD_MEMOS =
      new Method<>(116, "control.old-memos", FindOldMemos.CODEC, OldMemos.CODEC, true);

  /// Forgets outcomes. Answers with how many there were.
  public static final Method<ForgetMemos, Long> FORGET_MEMOS =
      new Method<>(117, "control.forget-memos", ForgetMemos.CODEC, Numbers.CODEC, true);

  /// For each node of the trace trie, in order, the transaction whose trace goes on from there.
  public static final Method<List<Hash>, List<Maybe<Hash>>> TRACED =
      new Method<>(
          118,
          "control.traced",
          Lists.codec(Hashes.CODEC, TRACES_MAX, Hash.BYTES, "the nodes"),
          Lists.codec(Maybe.codec(Hashes.CODEC), TRACES_MAX, 1, "the holders"),
          true);

  /// Enters traces into the trie. Answers for each, in order, who has the node now; nothing where
  /// there is no room.
  public static final Method<List<TraceClaim>, List<Maybe<Hash>>> TRACE =
      new Method<>(
          119,
          "control.trace",
          Lists.codec(TraceClaim.CODEC, TRACES_MAX, TraceClaim.ENCODED_BYTES_MIN, "the claims"),
          Lists.codec(Maybe.codec(Hashes.CODEC), TRACES_MAX, 1, "the holders"),
          true);

  /// Grants a lease; one with the same id that lives is taken over.
  public static final Method<AcquireLease, Lease> ACQUIRE_LEASE =
      new Method<>(120, "control.acquire-lease", AcquireLease.CODEC, Lease.CODEC, true);

  /// Lets leases live on. Answers for each, in order, what became of it.
  public static final Method<RenewLeases, List<Renewal>> RENEW_LEASES =
      new Method<>(
          121,
          "control.renew-leases",
          RenewLeases.CODEC,
          Lists.codec(Renewal.CODEC, RenewLeases.LEASES_MAX, 1, "the renewals"),
          true);

  /// Ends a lease. One that is dead already is fine.
  public static final Method<LeaseProof, Nothing> END_LEASE =
      new Method<>(122, "control.end-lease", LeaseProof.CODEC, Nothing.CODEC, true);

  /// The living leases with ids greater than the one given, or all.
  public static final Method<Maybe<LeaseId>, Leases> LEASES =
      new Method<>(123, "control.leases", Maybe.codec(LeaseId.CODEC), Leases.CODEC, true);

  /// An operator ends somebody's lease. [io.kogluktualuk.fabric.fault.NotFound] when none lives.
  public static final Method<LeaseId, Nothing> REVOKE_LEASE =
      new Method<>(124, "control.revoke-lease", LeaseId.CODEC, Nothing.CODEC, true);

  /// Sets the limit of an account.
  public static final Method<SetCreditLimit, CreditBalance> SET_CREDIT_LIMIT =
      new Method<>(
          130, "control.set-credit-limit", SetCreditLimit.CODEC, CreditBalance.CODEC, true);

  /// Allots credits to a memory node; [io.kogluktualuk.fabric.fault.OutOfCredits] when too few.
  public static final Method<TakeCredits, CreditGrant> TAKE_CREDITS =
      new Method<>(131, "control.take-credits", TakeCredits.CODEC, CreditGrant.CODEC, true);

  /// Takes credits back from a memory node.
  public static final Method<ReturnCredits, CreditBalance> RETURN_CREDITS =
      new Method<>(132, "control.return-credits", ReturnCredits.CODEC, CreditBalance.CODEC, true);

  /// The accounts with names greater than the one given, or all.
  public static final Method<Maybe<Account>, Accounts> ACCOUNTS =
      new Method<>(133, "control.accounts", Maybe.codec(Account.CODEC), Accounts.CODEC, true);

  /// Which nodes have parts of an account.
  public static final Method<AllotmentsOf, Allotments> ALLOTMENTS =
      new Method<>(134, "control.allotments", AllotmentsOf.CODEC, Allotments.CODEC, true);

  /// Sets or takes away a root. Answers with the revision of this change;
  /// [io.kogluktualuk.fabric.fault.Conflict] when another revision was found.
  public static final Method<SetRoot, Long> SET_ROOT =
      new Method<>(140, "control.set-root", SetRoot.CODEC, Numbers.CODEC, true);

  /// One root, if there is one of that name.
  public static final Method<RootName, Maybe<Root>> ROOT =
      new Method<>(141, "control.root", RootName.CODEC, Maybe.codec(Root.CODEC), true);

  /// The roots with names greater than the one given, or all.
  public static final Method<Maybe<RootName>, Roots> ROOTS =
      new Method<>(142, "control.roots", Maybe.codec(RootName.CODEC), Roots.CODEC, true);

  /// One root, as soon as it is not as its asker has seen it last, or when the time is over.
  public static final Method<AwaitRoot, Maybe<Root>> AWAIT_ROOT =
      new Method<>(143, "control.await-root", AwaitRoot.CODEC, Maybe.codec(Root.CODEC), true);

  /// Has a member drain, or not any more. Answers with the epoch.
  public static final Method<Drain, Long> DRAIN =
      new Method<>(150, "control.drain", Drain.CODEC, Numbers.CODEC, true);

  /// Begins the next generation of pins. Answers with it.
  public static final Method<RequestId, Long> ADVANCE_PINS =
      new Method<>(160, "control.advance-pins", RequestId.CODEC, Numbers.CODEC, true);

  /// The generation that what a root reaches is stamped with.
  public static final Method<Nothing, Long> PIN_GENERATION =
      new Method<>(161, "control.pin-generation", Nothing.CODEC, Numbers.CODEC, true);

  /// Entries of the audit log behind the one with this number, oldest first.
  public static final Method<Long, AuditPage> AUDIT =
      new Method<>(170, "control.audit", Numbers.CODEC, AuditPage.CODEC, true);

  /// Where the audit log begins and ends.
  public static final Method<Nothing, AuditHead> AUDIT_HEAD =
      new Method<>(171, "control.audit-head", Nothing.CODEC, AuditHead.CODEC, true);

  /// How this control node is doing.
  public static final Method<Nothing, ControlStatus> STATUS =
      new Method<>(190, "control.status", Nothing.CODEC, ControlStatus.CODEC, true);

  /// How the whole control plane is doing, as this node sees it.
  public static final Method<Nothing, PlaneStatus> PLANE =
      new Method<>(191, "control.plane", Nothing.CODEC, PlaneStatus.CODEC, true);

  /// Changes which nodes the control plane consists of; waits until it is so.
  public static final Method<ChangePlane, Nothing> CHANGE_PLANE =
      new Method<>(192, "control.change-plane", ChangePlane.CODEC, Nothing.CODEC, true);

  static {
    // Said here once, so that a change of a limit cannot make a message too long.
    assert LOOKUP_KEYS_MAX * 139 + 2 <= Channel.MESSAGE_BYTES_MAX;
    assert Fences.ENCODED_BYTES_MAX + 9 + 1 + 5 <= Channel.MESSAGE_BYTES_MAX;
    assert OldMemos.PAGE_MAX * 2 * Hash.BYTES + 12 <= Channel.MESSAGE_BYTES_MAX;
    assert TRACES_MAX * TraceClaim.ENCODED_BYTES_MAX + 2 <= Channel.MESSAGE_BYTES_MAX;
    assert RECORDS_MAX * 246 + 2 <= Channel.MESSAGE_BYTES_MAX;
  }

  private ControlMethods() {}
}
