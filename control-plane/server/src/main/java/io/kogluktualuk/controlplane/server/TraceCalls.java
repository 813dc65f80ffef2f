package io.kogluktualuk.controlplane.server;

import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.controlplane.api.Maybe;
import io.kogluktualuk.controlplane.model.Proposal;
import io.kogluktualuk.controlplane.model.Reply;
import io.kogluktualuk.controlplane.model.traces.TraceTable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.MethodTable;
import io.kogluktualuk.fabric.transaction.TraceClaim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The calls about the trace trie.
///
/// Who has a node is a hint where to look, so any replica answers; one that has not heard of it yet
/// says that nobody does, and a transaction is run that need not be: no barrier is waited for.
///
/// **Threading:** any thread.
final class TraceCalls {

  private final MemoShards shards;
  private final Duration timeout;

  TraceCalls(MemoShards shards, Duration timeout) {
    this.shards = shards;
    this.timeout = timeout;
  }

  void addTo(MethodTable methods) {
    methods
        .on(ControlMethods.TRACED, nodes -> shards.route(nodes, shards::indexOf, TraceCalls::find))
        .on(
            ControlMethods.TRACE,
            claims ->
                shards.route(claims, claim -> shards.indexOf(claim.entry().node()), this::add));
  }

  private static List<Maybe<Hash>> find(MemoShard shard, List<Hash> nodes) {
    return shard
        .log()
        .read(
            () -> {
              List<Maybe<Hash>> holders = new ArrayList<>(nodes.size());
              nodes.forEach(node -> holders.add(new Maybe<>(shard.traces().find(node))));
              return holders;
            });
  }

  private List<Maybe<Hash>> add(MemoShard shard, List<TraceClaim> claims) {
    if (claims.isEmpty()) {
      return List.of();
    }
    List<Proposal> proposals = claims.stream().map(TraceTable::proposal).toList();
    List<Maybe<Hash>> holders = new ArrayList<>(claims.size());
    for (Reply reply : shard.proposer().propose(proposals, CallTime.within(timeout))) {
      holders.add(TraceTable.readReply(reply.orThrow()));
    }
    return holders;
  }
}
