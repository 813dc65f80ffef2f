package io.kogluktualuk.computenode.server;

import io.kogluktualuk.computenode.runtime.store.Memo;
import io.kogluktualuk.computenode.runtime.store.MemoIndex;
import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.HashPrefix;
import io.kogluktualuk.controlplane.api.MemoRecord;
import io.kogluktualuk.controlplane.api.Recorded;
import io.kogluktualuk.controlplane.client.RecordBatcher;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.TraceClaim;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The control plane's memo index, as the runtime sees it.
///
/// **Threading:** safe for any number of threads.
final class ControlIndex implements MemoIndex {

  private static final Logger LOG = LoggerFactory.getLogger(ControlIndex.class);

  private static final Duration CALL_MAX = Duration.ofSeconds(10);

  private final RecordBatcher memos;
  private final ControlClient client;
  private final String producer;
  private final Unrecorded unrecorded;

  /// @param control lent
  /// @param unrecorded told what was not made known
  ControlIndex(Channel control, String producer, Unrecorded unrecorded) {
    this.unrecorded = unrecorded;
    this.memos = new RecordBatcher(control);
    this.client = new ControlClient(control, CALL_MAX);
    this.producer = producer;
  }

  @Override
  public Map<Hash, Outcome> lookup(Collection<Hash> keys) {
    return memos.lookup(keys, Deadline.after(CALL_MAX));
  }

  @Override
  public List<Hash> producersOf(Hash output) {
    return client.producersOf(HashPrefix.of(output)).keys();
  }

  @Override
  public Map<Hash, Hash> traced(Collection<Hash> nodes) {
    return memos.traced(nodes, Deadline.after(CALL_MAX));
  }

  @Override
  public List<@Nullable Hash> trace(List<TraceClaim> claims) {
    return memos.trace(claims, Deadline.after(CALL_MAX));
  }

  @Override
  public void record(List<Memo> found) {
    List<MemoRecord> records =
        found.stream()
            .map(memo -> new MemoRecord(memo.key(), memo.outcome(), producer, memo.durationNanos()))
            .toList();
    List<Recorded> fates = memos.record(records, Deadline.after(CALL_MAX));
    for (int i = 0; i < fates.size(); i++) {
      switch (fates.get(i)) {
        case Recorded.Disagreeing(var kept) -> throw disagreement(records.get(i), kept.toString());
        case Recorded.NoRoom reason -> unrecorded.add(reason);
        case Recorded.First _, Recorded.Same _ -> {}
      }
    }
  }

  private static Conflict disagreement(MemoRecord mine, String kept) {
    String message =
        "transaction "
            + mine.key()
            + " gave another outcome here than elsewhere: output "
            + mine.outcome().output()
            + ", the memo index has "
            + kept;
    LOG.error(message);
    return new Conflict(message);
  }
}
