package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.HandedOver;
import io.kogluktualuk.computenode.api.WaitNews;
import io.kogluktualuk.fabric.fault.FabricException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A transaction that a peer has, and what the peer is told of it until it answers: who waits for
/// it here, from time to time, and that nobody does any more.
///
/// **Threading:** any thread; what the peer is told, on threads of its own. **Ownership:** whoever
/// begins it closes it when the peer has answered.
final class Handed implements AutoCloseable {

  /// Most of what is handed over is done by then.
  private static final long FIRST_NEWS_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final long NEWS_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  private final Peer peer;
  private final Flight flight;
  private final WaitGraph waits;
  private final CompletableFuture<Void> done = new CompletableFuture<>();

  private Handed(Peer peer, Flight flight, WaitGraph waits) {
    this.peer = peer;
    this.flight = flight;
    this.waits = waits;
  }

  static Handed begin(Peer peer, Flight flight, WaitGraph waits) {
    Handed handed = new Handed(peer, flight, waits);
    Thread.ofVirtual().name("wait-news-", 0).start(() -> handed.repeat(handed::tellWaits));
    return handed;
  }

  /// Gives it up: the peer is told until it has answered, since it may have yet to receive what it
  /// is to give up.
  void drop() {
    flight.owner().letEnd(done);
    Thread.ofVirtual().name("drop-", 0).start(this::dropAtOnce);
  }

  private void dropAtOnce() {
    try {
      tellDropped();
    } catch (FabricException _) {
      // It is told again.
    }
    repeat(this::tellDropped);
  }

  private void tellDropped() {
    peer.drop(new HandedOver(flight.owner().id(), flight.key()));
  }

  /// A circle that goes through both nodes is not seen otherwise when its members began to wait
  /// after the handing over.
  private void tellWaits() {
    List<WaitNews.Wait> found = waits.waitsFor(flight, WaitNews.WAITS_MAX);
    if (!found.isEmpty()) {
      peer.tell(new WaitNews(flight.key(), flight.owner().id(), found));
    }
  }

  private void repeat(Runnable telling) {
    long pause = FIRST_NEWS_NANOS;
    while (!isDoneWithin(pause)) {
      try {
        telling.run();
      } catch (FabricException _) {
        // The next time it is told the same, and more.
      }
      pause = Math.min(2 * pause, NEWS_NANOS_MAX);
    }
  }

  private boolean isDoneWithin(long nanos) {
    try {
      done.get(nanos, TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException _) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    done.complete(null);
  }
}
