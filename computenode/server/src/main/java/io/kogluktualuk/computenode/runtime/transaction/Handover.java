package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.ExecuteReply;
import io.kogluktualuk.computenode.api.ExecuteRequest;
import io.kogluktualuk.computenode.runtime.store.LocalBlobs;
import io.kogluktualuk.computenode.runtime.store.Recent;
import io.kogluktualuk.computenode.runtime.store.Worth;
import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.transaction.Outcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Hands transactions over to peers.
///
/// **Threading:** any thread, which waits for the peer.
final class Handover {

  private final LocalBlobs blobs;
  private final WaitGraph waits;
  private final Recent<Outcome> outcomes;
  private final Peers peers;

  Handover(LocalBlobs blobs, WaitGraph waits, Recent<Outcome> outcomes, Peers peers) {
    this.blobs = blobs;
    this.waits = waits;
    this.outcomes = outcomes;
    this.peers = peers;
  }

  /// Hands a transaction over, and gives the peer's slot back.
  ///
  /// @return null when the peer could not take it
  @Nullable Settled runAt(Peer peer, Flight flight) {
    Run run = flight.owner();
    boolean hadRoom = false;
    try {
      blobs.put(List.of(flight.encoding()), Worth.RECIPE);
      Deadline deadline = run.deadline();
      // The peer fetches the transaction and its namespace from where they are stored.
      blobs.await(run.publisherMark(), deadline);
      run.include(peer);
      ExecuteReply reply = executed(peer, flight, deadline);
      hadRoom = true;
      run.handedOver.increment();
      if (reply.cycle().isEmpty()) {
        outcomes.add(flight.key(), reply.outcome());
      }
      return Settled.of(flight, reply.outcome(), reply.disposition(), reply.cycle());
    } catch (Unavailable | AlreadyClosed | NotFound e) {
      return null; // NotFound: what it needs of us is lost where it looks, and we have it
    } finally {
      peers.release(peer, hadRoom);
    }
  }

  private ExecuteReply executed(Peer peer, Flight flight, Deadline deadline) {
    try (Handed handed = Handed.begin(peer, flight, waits)) {
      flight.attach(handed);
      return peer.execute(request(flight, deadline), deadline);
    }
  }

  private ExecuteRequest request(Flight flight, Deadline deadline) {
    List<Hash> chain = waits.chainTo(flight, ExecuteRequest.DEPTH_MAX);
    return new ExecuteRequest(
        flight.key(), flight.owner().id(), flight.depth(), chain, deadline.remaining());
  }
}
