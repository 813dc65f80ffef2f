package io.kogluktualuk.controlplane.client;

import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.controlplane.api.Maybe;
import io.kogluktualuk.controlplane.api.MemoRecord;
import io.kogluktualuk.controlplane.api.Recorded;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.TraceClaim;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The memo index for many threads: what they record and look up at the same time travels in
/// shared calls.
///
/// **Threading:** any thread; callers block. **Ownership:** the channel is lent.
/// **Bound:** [#CALLS_MAX] calls of each kind on their way; see [CallBatcher].
public final class RecordBatcher {

  /// One call is being agreed on, the next is already at the control node, and one is on its way.
  private static final int CALLS_MAX = 3;

  private final CallBatcher<MemoRecord, Recorded> records;
  private final CallBatcher<Hash, Maybe<Outcome>> lookups;
  private final CallBatcher<TraceClaim, Maybe<Hash>> traces;
  private final CallBatcher<Hash, Maybe<Hash>> traced;

  public RecordBatcher(Channel channel) {
    records =
        new CallBatcher<>(channel, ControlMethods.RECORD, ControlMethods.RECORDS_MAX, CALLS_MAX);
    lookups =
        new CallBatcher<>(
            channel, ControlMethods.LOOKUP, ControlMethods.LOOKUP_KEYS_MAX, CALLS_MAX);
    traces = new CallBatcher<>(channel, ControlMethods.TRACE, ControlMethods.TRACES_MAX, CALLS_MAX);
    traced =
        new CallBatcher<>(channel, ControlMethods.TRACED, ControlMethods.TRACES_MAX, CALLS_MAX);
  }

  /// Makes outcomes known; returns when they are durable, with the fate of each in order.
  public List<Recorded> record(List<MemoRecord> memos, Deadline deadline) {
    return records.call(memos, deadline);
  }

  /// Enters traces into the trie.
  ///
  /// @return who has each node now, in order; null where there is no room
  public List<@Nullable Hash> trace(List<TraceClaim> claims, Deadline deadline) {
    return values(traces.call(claims, deadline));
  }

  /// Of some nodes of the trace trie, the transactions whose traces go on from there.
  public Map<Hash, Hash> traced(Collection<Hash> nodes, Deadline deadline) {
    List<Hash> asked = new ArrayList<>(nodes);
    List<@Nullable Hash> holders = values(traced.call(asked, deadline));
    Map<Hash, Hash> found = new HashMap<>();
    for (int i = 0; i < asked.size(); i++) {
      Hash holder = holders.get(i);
      if (holder != null) {
        found.put(asked.get(i), holder);
      }
    }
    return found;
  }

  private static List<@Nullable Hash> values(List<Maybe<Hash>> answers) {
    List<@Nullable Hash> values = new ArrayList<>(answers.size());
    answers.forEach(answer -> values.add(answer.value()));
    return values;
  }

  /// The known outcomes among those of some transactions.
  public Map<Hash, Outcome> lookup(Collection<Hash> keys, Deadline deadline) {
    List<Hash> asked = new ArrayList<>(keys);
    List<Maybe<Outcome>> outcomes = lookups.call(asked, deadline);
    Map<Hash, Outcome> found = new HashMap<>();
    for (int i = 0; i < asked.size(); i++) {
      Outcome outcome = outcomes.get(i).value();
      if (outcome != null) {
        found.put(asked.get(i), outcome);
      }
    }
    return found;
  }
}
