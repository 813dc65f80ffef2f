package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.HandedOver;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A transaction that a peer has, until it answers.
///
/// **Threading:** any thread. **Ownership:** whoever makes it closes it when the peer has
/// answered.
final class Handed implements News.Subject, AutoCloseable {

  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final long PAUSE_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  private final Peer peer;
  private final Flight flight;
  private final CompletableFuture<Void> done = new CompletableFuture<>();

  Handed(Peer peer, Flight flight) {
    this.peer = peer;
    this.flight = flight;
  }

  @Override
  public Hash key() {
    return flight.key();
  }

  @Override
  public void giveUp(FabricException reason) {
    flight.fail(reason);
    drop();
  }

  /// Gives it up: the peer is told until it has answered, since it may have yet to receive what it
  /// is to give up.
  void drop() {
    flight.owner().letEnd(done);
    Thread.ofVirtual().name("drop-", 0).start(this::tellDropped);
  }

  private void tellDropped() {
    long pause = FIRST_PAUSE_NANOS;
    do {
      try {
        peer.drop(new HandedOver(flight.owner().id(), flight.key()));
      } catch (FabricException _) {
        // It is told again.
      }
      pause = Math.min(2 * pause, PAUSE_NANOS_MAX);
    } while (!isDoneWithin(pause));
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
