package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.controlplane.api.FindOldMemos;
import io.kogluktualuk.controlplane.api.ForgetMemos;
import io.kogluktualuk.controlplane.api.MemoLimit;
import io.kogluktualuk.controlplane.api.Nothing;
import io.kogluktualuk.controlplane.api.OldMemos;
import io.kogluktualuk.controlplane.model.Envelope;
import io.kogluktualuk.controlplane.model.Proposal;
import io.kogluktualuk.controlplane.model.actions.MemoCommand;
import io.kogluktualuk.controlplane.model.actions.MemoTable;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Caller;
import io.kogluktualuk.fabric.rpc.MethodTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How large the memo index may be, and how it becomes smaller.
///
/// Each of several parts has its share of the limit: keys are spread evenly. The first control
/// node that finds no limit has its own taken: a quarter of its heap. After that it is an operator
/// who changes it.
///
/// **Threading:** any thread.
final class MemoUpkeep {

  private static final Logger LOG = LoggerFactory.getLogger(MemoUpkeep.class);

  /// What an operator may give to memos. Chunks with holes take up to a third more than what is in
  /// them, and the other tables, the log and the collector need room as well.
  static final int HEAP_SHARE_MAX = 2;

  private static final int HEAP_SHARE = 4;

  private final MemoShards shards;
  private final Duration timeout;
  private final long heapBytes;

  /// @param heapBytes the most that this process may have
  MemoUpkeep(MemoShards shards, Duration timeout, long heapBytes) {
    this.shards = shards;
    this.timeout = timeout;
    this.heapBytes = heapBytes;
  }

  void addTo(MethodTable methods) {
    methods
        .onFrom(ControlMethods.SET_MEMO_LIMIT, this::limit)
        .on(ControlMethods.OLD_MEMOS, this::old)
        .on(ControlMethods.FORGET_MEMOS, this::forget);
  }

  /// Sees to it that there is a limit, and says so when it is more than this node has heap for.
  void establish() {
    MemoLimit share = share(Math.min(heapBytes / HEAP_SHARE, MemoLimit.BYTES_MAX));
    long agreed = 0;
    for (MemoShard shard : shards.all()) {
      if (shard.tally().limitBytes() == 0) {
        propose(shard, Envelope.FABRIC, new MemoCommand.SetLimit(share, true));
      }
      agreed += shard.tally().limitBytes();
    }
    if (agreed > heapBytes / HEAP_SHARE_MAX) {
      LOG.warn(
          "the memo index may take {} bytes, but this process has a heap of {}: give it at least"
              + " {} times the limit with -Xmx, or lower the limit with 'kog control limit'",
          agreed,
          heapBytes,
          HEAP_SHARE_MAX);
    }
  }

  private Nothing limit(Caller caller, MemoLimit wanted) {
    if (wanted.bytes() > heapBytes / HEAP_SHARE_MAX) {
      throw new InvalidArgument(
          "a memo index of "
              + wanted
              + " needs control nodes with a heap of "
              + HEAP_SHARE_MAX
              + " times as much; this one has "
              + heapBytes
              + " bytes: start them with a greater -Xmx first");
    }
    MemoLimit share = share(wanted.bytes());
    shards.onEach(
        shard -> propose(shard, caller.toString(), new MemoCommand.SetLimit(share, false)));
    return new Nothing();
  }

  private MemoLimit share(long bytes) {
    return new MemoLimit(bytes / shards.all().size());
  }

  /// The place to go on says which part, and where in it.
  private OldMemos old(FindOldMemos ask) {
    int number = (int) Math.min(shards.all().size(), ask.from() >>> Integer.SIZE);
    int place = (int) (ask.from() & Integer.MAX_VALUE);
    List<OldMemos.Old> found = new ArrayList<>();
    for (; number < shards.all().size(); number++, place = 0) {
      MemoShard shard = shards.all().get(number);
      shard.log().barrier(CallTime.within(timeout));
      int from = place;
      OldMemos page =
          shard
              .log()
              .read(() -> shard.table().view())
              .recordedBefore(ask.beforeMillis(), from, OldMemos.PAGE_MAX - found.size());
      found.addAll(page.memos());
      if (page.next() != 0) {
        return new OldMemos(found, (long) number << Integer.SIZE | page.next());
      }
    }
    return new OldMemos(found, 0);
  }

  private Long forget(ForgetMemos ask) {
    List<Long> counts =
        shards.onEach(
            shard -> {
              List<Hash> keys = ask.keys().stream().filter(key -> shards.of(key) == shard).toList();
              if (keys.isEmpty()) {
                return 0L;
              }
              ForgetMemos part = new ForgetMemos(ask.beforeMillis(), keys);
              return MemoTable.readForgotten(
                  propose(shard, Envelope.FABRIC, new MemoCommand.Forget(part)));
            });
    return counts.stream().mapToLong(count -> count).sum();
  }

  private byte[] propose(MemoShard shard, String who, MemoCommand command) {
    Proposal proposal = new Envelope(null, who, command.toProposal()).toProposal();
    return shard
        .proposer()
        .propose(List.of(proposal), CallTime.within(timeout))
        .getFirst()
        .orThrow();
  }
}
