package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.ExecuteReply;
import io.kogluktualuk.computenode.api.ExecuteRequest;
import io.kogluktualuk.computenode.api.WaitNews;
import io.kogluktualuk.computenode.runtime.store.LocalBlobs;
import io.kogluktualuk.computenode.runtime.store.Recent;
import io.kogluktualuk.computenode.runtime.store.Worth;
import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.transaction.Outcome;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Hands transactions over to peers.
///
/// **Threading:** any thread, which waits for the peer.
final class Handover {

  /// Most of what is handed over is done by then.
  private static final long FIRST_NEWS_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final long NEWS_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

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
      run.peers().add(peer);
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
    CountDownLatch done = new CountDownLatch(1);
    Thread.ofVirtual().name("wait-news-", 0).start(() -> tell(peer, flight, done));
    try {
      return peer.execute(request(flight, deadline), deadline);
    } finally {
      done.countDown();
    }
  }

  /// Tells the peer who waits for what it has, from time to time until it is done: a circle that
  /// goes through both nodes is not seen otherwise when its members began to wait after the
  /// handing over.
  private void tell(Peer peer, Flight flight, CountDownLatch done) {
    long pause = FIRST_NEWS_NANOS;
    try {
      while (!done.await(pause, TimeUnit.NANOSECONDS)) {
        List<WaitNews.Wait> found = waits.waitsFor(flight, WaitNews.WAITS_MAX);
        if (!found.isEmpty()) {
          tell(peer, new WaitNews(flight.key(), flight.owner().id(), found));
        }
        pause = Math.min(2 * pause, NEWS_NANOS_MAX);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void tell(Peer peer, WaitNews news) {
    try {
      peer.tell(news);
    } catch (FabricException _) {
      // The next news say the same, and more.
    }
  }

  private ExecuteRequest request(Flight flight, Deadline deadline) {
    List<Hash> chain = waits.chainTo(flight, ExecuteRequest.DEPTH_MAX);
    return new ExecuteRequest(
        flight.key(), flight.owner().id(), flight.depth(), chain, deadline.remaining());
  }
}
