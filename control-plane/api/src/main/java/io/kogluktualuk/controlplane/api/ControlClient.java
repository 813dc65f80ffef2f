package io.kogluktualuk.controlplane.api;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
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

  /// Gives a sign of life.
  ///
  /// @throws io.kogluktualuk.fabric.fault.NotFound when the node must register first
  public void heartbeat(NodeId id, Load load) {
    call(ControlMethods.HEARTBEAT, new Heartbeat(id, load));
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

  public ControlStatus status() {
    return call(ControlMethods.STATUS, new Nothing());
  }

  private <Q, R> R call(Method<Q, R> method, Q request) {
    return channel.call(method, request, Deadline.after(timeout));
  }

  private <Q, R> List<R> callEach(Method<List<Q>, List<R>> method, List<Q> requests) {
    List<R> answers = call(method, requests);
    if (answers.size() != requests.size()) {
      throw new MalformedEncoding(
          method.name() + ": expected " + requests.size() + " answers, found " + answers.size());
    }
    return answers;
  }

  private static <T> List<List<T>> parts(List<T> whole, int max) {
    List<List<T>> parts = new ArrayList<>();
    for (int from = 0; from < whole.size(); from += max) {
      parts.add(whole.subList(from, Math.min(whole.size(), from + max)));
    }
    return parts;
  }
}
