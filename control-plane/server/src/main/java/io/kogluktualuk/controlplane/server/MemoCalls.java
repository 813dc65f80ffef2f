package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.controlplane.api.HashPrefix;
import io.kogluktualuk.controlplane.api.Keys;
import io.kogluktualuk.controlplane.api.Maybe;
import io.kogluktualuk.controlplane.api.MemoEntry;
import io.kogluktualuk.controlplane.api.MemoRecord;
import io.kogluktualuk.controlplane.api.Recorded;
import io.kogluktualuk.controlplane.model.Proposal;
import io.kogluktualuk.controlplane.model.Reply;
import io.kogluktualuk.controlplane.model.actions.MemoCommand;
import io.kogluktualuk.controlplane.model.actions.MemoTable;
import io.kogluktualuk.controlplane.model.actions.MemoView;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.MethodTable;
import io.kogluktualuk.fabric.transaction.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The calls about the memo index.
///
/// What is known is known for ever, so a hit cannot be stale and any replica answers it at once,
/// also while there is no leader. What is not known *here* may be elsewhere: a miss is answered
/// only after a barrier, so a lookup that begins after a record was acknowledged, anywhere, hits.
/// Searches run on a frozen view, so that the log does not stand still for them.
///
/// **Threading:** any thread.
final class MemoCalls {

  private final MemoShards shards;
  private final Duration timeout;

  MemoCalls(MemoShards shards, Duration timeout) {
    this.shards = shards;
    this.timeout = timeout;
  }

  void addTo(MethodTable methods) {
    methods
        .on(ControlMethods.LOOKUP, this::lookup)
        .on(ControlMethods.RECORD, this::record)
        .on(ControlMethods.EXPLAIN, this::explain)
        .on(ControlMethods.PRODUCERS_OF, prefix -> search(view -> view.producersOf(prefix)))
        .on(ControlMethods.RESOLVE_PREFIX, this::resolvePrefix);
  }

  List<Maybe<Outcome>> lookup(List<Hash> keys) {
    return shards.route(keys, shards::indexOf, this::lookup);
  }

  List<Recorded> record(List<MemoRecord> memos) {
    return shards.route(memos, memo -> shards.indexOf(memo.key()), this::record);
  }

  MemoEntry explain(Hash key) {
    MemoShard shard = shards.of(key);
    MemoEntry entry = shard.log().read(() -> Optional.ofNullable(shard.entry(key))).orElse(null);
    if (entry == null) {
      shard.log().barrier(CallTime.within(timeout));
      entry = shard.log().read(() -> Optional.ofNullable(shard.entry(key))).orElse(null);
    }
    if (entry == null) {
      throw new NotFound("transaction " + key + " is not in the memo index");
    }
    return entry;
  }

  private List<Maybe<Outcome>> lookup(MemoShard shard, List<Hash> keys) {
    List<Maybe<Outcome>> outcomes = new ArrayList<>(keys.size());
    int missing =
        shard
            .log()
            .read(
                () -> {
                  int misses = 0;
                  for (Hash key : keys) {
                    Outcome outcome = shard.find(key);
                    outcomes.add(new Maybe<>(outcome));
                    misses += outcome == null ? 1 : 0;
                  }
                  return misses;
                });
    if (missing > 0) {
      shard.log().barrier(CallTime.within(timeout));
      shard.log().read(() -> lookupAgain(shard, keys, outcomes));
    }
    return outcomes;
  }

  /// Looks a second time for what was not found.
  private static int lookupAgain(MemoShard shard, List<Hash> keys, List<Maybe<Outcome>> outcomes) {
    int found = 0;
    for (int i = 0; i < keys.size(); i++) {
      if (outcomes.get(i).value() == null) {
        Outcome outcome = shard.find(keys.get(i));
        if (outcome == null) {
          shard.counters().miss();
        } else {
          outcomes.set(i, new Maybe<>(outcome));
          found++;
        }
      }
    }
    return found;
  }

  private List<Recorded> record(MemoShard shard, List<MemoRecord> memos) {
    if (memos.isEmpty()) {
      return List.of();
    }
    List<Proposal> proposals = new ArrayList<>(memos.size());
    CanonicalWriter writer = new CanonicalWriter();
    for (MemoRecord memo : memos) {
      proposals.add(new MemoCommand.Record(memo).toProposal(writer));
    }
    List<Recorded> fates = new ArrayList<>(memos.size());
    for (Reply reply : shard.proposer().propose(proposals, CallTime.within(timeout))) {
      Recorded fate = MemoTable.readReply(reply.orThrow());
      if (fate instanceof Recorded.NoRoom) {
        shard.counters().refusal();
      }
      fates.add(fate);
    }
    return fates;
  }

  private Keys resolvePrefix(HashPrefix prefix) {
    return search(view -> view.keysWith(prefix));
  }

  /// Searches all parts, each after a barrier.
  private Keys search(Function<MemoView, Keys> query) {
    var deadline = CallTime.within(timeout);
    List<Keys> parts =
        shards.onEach(
            shard -> {
              shard.log().barrier(deadline);
              return query.apply(shard.log().read(() -> shard.table().view()));
            });
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    List<Hash> all = parts.stream().flatMap(part -> part.keys().stream()).toList();
    boolean hasMore = parts.stream().anyMatch(Keys::hasMore) || all.size() > Keys.KEYS_MAX;
    return new Keys(all.subList(0, Math.min(all.size(), Keys.KEYS_MAX)), hasMore);
  }
}
