package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.lease.LeaseId;
import io.kogluktualuk.fabric.lease.LeaseProof;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.Method;
import io.kogluktualuk.fabric.transaction.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Calls on the control plane as plain methods; long batches are cut to the size of a message.
///
/// The channel is lent: whoever opened it closes it.
///
/// **Threading:** safe for any number of threads.
/// **Errors:** as [Channel]; each message of a batch has the whole timeout.
public final class ControlClient {

  private final Channel channel;
  private final Duration timeout;

  public ControlClient(Channel channel, Duration timeout) {
    this.channel = channel;
    this.timeout = timeout;
  }

  /// Joins the fabric, or changes what it knows about this node.
  ///
  /// @return the epoch of the membership that includes it
  public long register(MemberInfo info) {
    return call(ControlMethods.REGISTER, info).epoch();
  }

  /// Gives a sign of life, and hears what the node must know until the next.
  ///
  /// @throws io.kogluktualuk.fabric.fault.NotFound when the node must register first
  public HeartbeatReply heartbeat(Heartbeat beat) {
    return call(ControlMethods.HEARTBEAT, beat);
  }

  /// All members, in the order of their ids.
  public Members members() {
    List<Member> all = new ArrayList<>();
    Members page = call(ControlMethods.MEMBERS, new Maybe<>(null));
    all.addAll(page.members());
    while (page.hasMore() && !page.members().isEmpty()) {
      NodeId last = all.getLast().info().id();
      page = call(ControlMethods.MEMBERS, new Maybe<>(last));
      all.addAll(page.members());
    }
    return new Members(page.epoch(), all, false);
  }

  /// Takes a node out of the membership for good.
  public void forget(NodeId id) {
    call(ControlMethods.FORGET, id);
  }

  /// The outcome of one transaction, or null when it is not known.
  public @Nullable Outcome lookup(Hash key) {
    return callEach(ControlMethods.LOOKUP, List.of(key)).getFirst().value();
  }

  /// The known outcomes among those of some transactions.
  public Map<Hash, Outcome> lookup(Collection<Hash> keys) {
    Map<Hash, Outcome> found = new HashMap<>();
    for (List<Hash> part : parts(List.copyOf(keys), ControlMethods.LOOKUP_KEYS_MAX)) {
      List<Maybe<Outcome>> outcomes = callEach(ControlMethods.LOOKUP, part);
      for (int i = 0; i < part.size(); i++) {
        Outcome outcome = outcomes.get(i).value();
        if (outcome != null) {
          found.put(part.get(i), outcome);
        }
      }
    }
    return found;
  }

  /// The transaction whose trace goes on from a node of the trace trie, or null when none does.
  public @Nullable Hash traced(Hash node) {
    return callEach(ControlMethods.TRACED, List.of(node)).getFirst().value();
  }

  /// Makes one outcome known; returns when it is durable.
  public Recorded record(MemoRecord memo) {
    return callEach(ControlMethods.RECORD, List.of(memo)).getFirst();
  }

  /// Makes outcomes known; returns when they are durable, with the fate of each in order.
  public List<Recorded> record(Collection<MemoRecord> memos) {
    List<Recorded> fates = new ArrayList<>(memos.size());
    for (List<MemoRecord> part : parts(List.copyOf(memos), ControlMethods.RECORDS_MAX)) {
      fates.addAll(callEach(ControlMethods.RECORD, part));
    }
    return fates;
  }

  /// All about one transaction.
  ///
  /// @throws io.kogluktualuk.fabric.fault.NotFound when it is not in the memo index
  public MemoEntry explain(Hash key) {
    return call(ControlMethods.EXPLAIN, key);
  }

  /// The transactions that gave an output, by the hash of the output or its beginning.
  public Keys producersOf(HashPrefix output) {
    return call(ControlMethods.PRODUCERS_OF, output);
  }

  /// The transactions whose key begins so.
  public Keys resolvePrefix(HashPrefix key) {
    return call(ControlMethods.RESOLVE_PREFIX, key);
  }

  /// Sets what the outcomes in the memo index may be charged, at each control node.
  ///
  /// @throws io.kogluktualuk.fabric.fault.InvalidArgument when there is no heap for it
  public void setMemoLimit(MemoLimit limit) {
    call(ControlMethods.SET_MEMO_LIMIT, limit);
  }

  /// One page of the outcomes that were recorded before a time.
  public OldMemos oldMemos(FindOldMemos ask) {
    return call(ControlMethods.OLD_MEMOS, ask);
  }

  /// Forgets outcomes, unless they are newer than was thought.
  ///
  /// @return how many there were
  public long forgetMemos(ForgetMemos ask) {
    return call(ControlMethods.FORGET_MEMOS, ask);
  }

  /// Gets a lease.
  ///
  /// @throws io.kogluktualuk.fabric.fault.OutOfSpace when there are too many
  public Lease acquire(AcquireLease ask) {
    return call(ControlMethods.ACQUIRE_LEASE, ask);
  }

  /// Lets leases live on; the fate of each in order.
  public List<Renewal> renew(List<LeaseProof> proofs, Duration ttl) {
    List<Renewal> renewals = new ArrayList<>(proofs.size());
    for (List<LeaseProof> part : parts(proofs, RenewLeases.LEASES_MAX)) {
      RenewLeases ask = new RenewLeases(part, ttl.toMillis());
      List<Renewal> answers = call(ControlMethods.RENEW_LEASES, ask);
      checkCount(ControlMethods.RENEW_LEASES, part.size(), answers.size());
      renewals.addAll(answers);
    }
    return renewals;
  }

  /// Ends a lease, if it lives.
  public void end(LeaseProof proof) {
    call(ControlMethods.END_LEASE, proof);
  }

  /// Ends somebody else's lease.
  ///
  /// @throws io.kogluktualuk.fabric.fault.NotFound when no such lease lives
  public void revoke(LeaseId id) {
    call(ControlMethods.REVOKE_LEASE, id);
  }

  /// All living leases, in the order of their ids.
  public Leases leases() {
    Leases page = call(ControlMethods.LEASES, new Maybe<>(null));
    List<Leases.Held> all = new ArrayList<>(page.leases());
    while (page.hasMore() && !page.leases().isEmpty()) {
      page = call(ControlMethods.LEASES, new Maybe<>(all.getLast().id()));
      all.addAll(page.leases());
    }
    return new Leases(page.nowMillis(), all, false);
  }

  public CreditBalance setCreditLimit(SetCreditLimit ask) {
    return call(ControlMethods.SET_CREDIT_LIMIT, ask);
  }

  /// Gets a part of an account's credits for a memory node.
  ///
  /// @throws io.kogluktualuk.fabric.fault.OutOfCredits when there are fewer than the least
  public CreditGrant takeCredits(TakeCredits ask) {
    return call(ControlMethods.TAKE_CREDITS, ask);
  }

  public CreditBalance returnCredits(ReturnCredits ask) {
    return call(ControlMethods.RETURN_CREDITS, ask);
  }

  /// All accounts, in the order of their names.
  public List<Accounts.Row> accounts() {
    return pages(
        ControlMethods.ACCOUNTS,
        Accounts::rows,
        Accounts::hasMore,
        row -> new Maybe<>(row.account()));
  }

  /// Which nodes have parts of an account, in the order of their ids.
  public List<Allotments.Part> allotments(Account account) {
    List<Allotments.Part> all = new ArrayList<>();
    Allotments page = call(ControlMethods.ALLOTMENTS, new AllotmentsOf(account, null));
    all.addAll(page.parts());
    while (page.hasMore() && !page.parts().isEmpty()) {
      NodeId last = all.getLast().node();
      page = call(ControlMethods.ALLOTMENTS, new AllotmentsOf(account, last));
      all.addAll(page.parts());
    }
    return all;
  }

  /// Sets or takes away a root.
  ///
  /// @return the revision of this change
  /// @throws io.kogluktualuk.fabric.fault.Conflict naming the revision found, if not as expected
  public long setRoot(SetRoot ask) {
    return call(ControlMethods.SET_ROOT, ask);
  }

  /// The root of a name, or null when there is none.
  public @Nullable Root root(RootName name) {
    return call(ControlMethods.ROOT, name).value();
  }

  /// All roots, in the order of their names.
  public List<Root> roots() {
    return pages(
        ControlMethods.ROOTS, Roots::roots, Roots::hasMore, root -> new Maybe<>(root.name()));
  }

  /// Has a member drain, or not any more.
  ///
  /// @return the epoch of the membership that says so
  /// @throws io.kogluktualuk.fabric.fault.NotFound when it is no member
  public long drain(NodeId id, boolean isDraining) {
    return call(ControlMethods.DRAIN, new Drain(id, isDraining));
  }

  /// Begins the next generation of pins.
  public long advancePins(RequestId request) {
    return call(ControlMethods.ADVANCE_PINS, request);
  }

  /// The generation that what a root reaches is stamped with.
  public long pinGeneration() {
    return call(ControlMethods.PIN_GENERATION, new Nothing());
  }

  /// One page of the audit log, of the entries behind the one with this number.
  public AuditPage audit(long after) {
    return call(ControlMethods.AUDIT, after);
  }

  public AuditHead auditHead() {
    return call(ControlMethods.AUDIT_HEAD, new Nothing());
  }

  /// How the whole control plane is doing, as one of its nodes sees it.
  public PlaneStatus plane() {
    return call(ControlMethods.PLANE, new Nothing());
  }

  /// Changes which nodes the control plane consists of.
  ///
  /// @throws io.kogluktualuk.fabric.fault.Conflict when too few would be left
  /// @throws io.kogluktualuk.fabric.fault.InvalidArgument when a new node cannot be reached
  public void change(ChangePlane change) {
    call(ControlMethods.CHANGE_PLANE, change);
  }

  public ControlStatus status() {
    return call(ControlMethods.STATUS, new Nothing());
  }

  private <Q, R> R call(Method<Q, R> method, Q request) {
    return channel.call(method, request, Deadline.after(timeout));
  }

  private <Q, R> List<R> callEach(Method<List<Q>, List<R>> method, List<Q> requests) {
    List<R> answers = call(method, requests);
    checkCount(method, requests.size(), answers.size());
    return answers;
  }

  private static void checkCount(Method<?, ?> method, int expected, int found) {
    if (expected != found) {
      throw new MalformedEncoding(
          method.name() + ": expected " + expected + " answers, found " + found);
    }
  }

  /// Reads page after page until there is no more.
  ///
  /// @param position what to ask for those behind an element
  private <K, P, T> List<T> pages(
      Method<Maybe<K>, P> method,
      Function<P, List<T>> elements,
      Predicate<P> hasMore,
      Function<T, Maybe<K>> position) {
    P page = call(method, new Maybe<>(null));
    List<T> all = new ArrayList<>(elements.apply(page));
    while (hasMore.test(page) && !elements.apply(page).isEmpty()) {
      page = call(method, position.apply(all.getLast()));
      all.addAll(elements.apply(page));
    }
    return all;
  }

  private static <T> List<List<T>> parts(List<T> whole, int max) {
    List<List<T>> parts = new ArrayList<>();
    for (int from = 0; from < whole.size(); from += max) {
      parts.add(whole.subList(from, Math.min(whole.size(), from + max)));
    }
    return parts;
  }
}
