package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.ExecuteReply;
import io.kogluktualuk.computenode.api.ExecuteRequest;
import io.kogluktualuk.computenode.api.RunId;
import io.kogluktualuk.computenode.runtime.store.LocalBlobs;
import io.kogluktualuk.computenode.runtime.store.Recent;
import io.kogluktualuk.computenode.runtime.store.Worth;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Hands transactions over to peers.
///
/// **Threading:** any thread, which waits for the peer.
final class Handover {

  private final LocalBlobs blobs;
  private final WaitGraph waits;
  private final Recent<Outcome> outcomes;
  private final Peers peers;
  private final Flights flights;
  private final Map<Teller, News> news = new HashMap<>();

  private record Teller(Peer peer, RunId run) {}

  Handover(
      LocalBlobs blobs, WaitGraph waits, Recent<Outcome> outcomes, Peers peers, Flights flights) {
    this.blobs = blobs;
    this.waits = waits;
    this.outcomes = outcomes;
    this.peers = peers;
    this.flights = flights;
  }

  /// Hands a transaction over, and gives the peer's slot back.
  ///
  /// @return null when the peer could not take it
  @Nullable Settled runAt(Peer peer, Flight flight) {
    if (!flight.leave()) {
      peers.release(peer, true); // it has come from a peer meanwhile
      return null;
    }
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
      List<Hash> cycle = LongCycle.of(reply, blobs);
      if (cycle.isEmpty()) {
        outcomes.add(flight.key(), reply.outcome());
      }
      return Settled.of(flight, reply.outcome(), reply.disposition(), cycle);
    } catch (Unavailable | AlreadyClosed | NotFound e) {
      return null; // NotFound: what it needs of us is lost where it looks, and we have it
    } finally {
      peers.release(peer, hadRoom);
    }
  }

  private ExecuteReply executed(Peer peer, Flight flight, Deadline deadline) {
    try (Handed handed = new Handed(peer, flight)) {
      tell(peer, flight.owner(), handed);
      flight.attach(handed);
      try {
        return peer.execute(request(flight, deadline), deadline);
      } finally {
        tellNoMore(peer, flight.owner(), handed);
      }
    }
  }

  private synchronized void tell(Peer peer, Run run, Handed handed) {
    news.computeIfAbsent(
            new Teller(peer, run.id()),
            _ -> new News(peer, run.id(), waits, keys -> store(keys, run)))
        .add(handed);
  }

  private synchronized void tellNoMore(Peer peer, Run run, Handed handed) {
    Teller teller = new Teller(peer, run.id());
    News told = news.get(teller);
    if (told != null && told.remove(handed)) {
      news.remove(teller);
    }
  }

  /// Sees to it that transactions in the making can be read by others.
  void store(Collection<Hash> keys, Run run) {
    List<Blob> encodings = new ArrayList<>();
    for (Hash key : keys) {
      Transaction transaction = flights.find(key, run);
      if (transaction != null) {
        encodings.add(transaction.encode());
      }
    }
    blobs.put(encodings, Worth.RECIPE);
    blobs.await(run.publisherMark(), run.deadline());
  }

  private ExecuteRequest request(Flight flight, Deadline deadline) {
    List<Hash> chain = waits.chainTo(flight, ExecuteRequest.DEPTH_MAX);
    return new ExecuteRequest(
        flight.key(), flight.owner().id(), flight.depth(), chain, deadline.remaining());
  }
}
