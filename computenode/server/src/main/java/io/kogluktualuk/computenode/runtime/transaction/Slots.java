package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// How many programs run at once, here and at peers, and who is next.
///
/// First those that have waited for a subtransaction and go on; then the most deeply nested, so
/// that parked programs, each of which holds its memory, are few; then the first to come. A slot
/// is given here if one is free, else at a peer that has one, else when one becomes free.
///
/// **Threading:** any thread. **Bound:** [#QUEUE_MAX] that wait for their first slot; beyond it
/// [OutOfSpace].
final class Slots {

  static final int QUEUE_MAX = 200_000;

  /// Where a program may run.
  sealed interface Permit {}

  /// On this node, until [#release].
  record Local() implements Permit {}

  /// At a peer.
  record Remote(Peer peer) implements Permit {}

  /// A place in the queue.
  static final class Ticket {
    private final boolean isResuming;
    private final int depth;
    private final boolean mayLeave;
    private final CompletableFuture<Permit> permit = new CompletableFuture<>();
    private long number;

    private Ticket(boolean isResuming, int depth, boolean mayLeave) {
      this.isResuming = isResuming;
      this.depth = depth;
      this.mayLeave = mayLeave;
    }

    /// Gives up the place; whoever waits on it is told.
    void cancel(FabricException reason) {
      permit.completeExceptionally(reason);
    }
  }

  private static final Local LOCAL = new Local();

  private static final Comparator<Ticket> ORDER =
      Comparator.<Ticket, Boolean>comparing(ticket -> !ticket.isResuming)
          .thenComparing(ticket -> -ticket.depth)
          .thenComparing(ticket -> ticket.number);

  private final int slots;
  private final Peers peers;
  private final Runnable onIdle;
  private final PriorityQueue<Ticket> queue = new PriorityQueue<>(ORDER);
  private int free;
  private long tickets;

  /// @param onIdle told when there is room and nobody in the queue
  Slots(int slots, Peers peers, Runnable onIdle) {
    this.slots = slots;
    this.free = slots;
    this.peers = peers;
    this.onIdle = onIdle;
    peers.onRoom(this::dispatch);
  }

  int slots() {
    return slots;
  }

  synchronized int running() {
    return slots - free;
  }

  synchronized int queued() {
    return queue.size();
  }

  /// Takes a local slot at once if one is free and nobody waits.
  synchronized boolean tryTakeLocal() {
    if (free > 0 && queue.isEmpty()) {
      free--;
      return true;
    }
    return false;
  }

  /// A place in the queue for a transaction that has not begun.
  ///
  /// @param mayLeave whether it may run at a peer
  Ticket ticket(int depth, boolean mayLeave) {
    return enqueue(new Ticket(false, depth, mayLeave));
  }

  /// A place in the queue for a program that goes on.
  Ticket resumingTicket(int depth) {
    return enqueue(new Ticket(true, depth, false));
  }

  private Ticket enqueue(Ticket ticket) {
    synchronized (this) {
      if (!ticket.isResuming && queue.size() >= QUEUE_MAX) {
        throw new OutOfSpace("this node's queue is full: " + QUEUE_MAX + " transactions wait");
      }
      ticket.number = tickets++;
      queue.add(ticket);
    }
    dispatch();
    return ticket;
  }

  /// Waits for the permit of a ticket.
  Permit await(Ticket ticket) {
    try {
      return ticket.permit.get();
    } catch (ExecutionException | CompletionException e) {
      if (e.getCause() instanceof FabricException reason) {
        throw reason;
      }
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      abandon(ticket);
      throw new Unavailable("interrupted while waiting for a slot", e);
    }
  }

  /// Takes a ticket out of the queue; a permit that it got meanwhile is given back.
  void abandon(Ticket ticket) {
    synchronized (this) {
      queue.remove(ticket);
    }
    ticket.cancel(new Unavailable("given up"));
    if (ticket.permit.isCompletedExceptionally()) {
      return;
    }
    giveBack(ticket.permit.join());
  }

  private void giveBack(Permit permit) {
    switch (permit) {
      case Local _ -> release();
      case Remote(Peer peer) -> peers.release(peer, true);
    }
  }

  /// Gives a local slot back.
  void release() {
    synchronized (this) {
      free++;
    }
    dispatch();
  }

  private void dispatch() {
    while (true) {
      Ticket ticket;
      Permit permit;
      synchronized (this) {
        permit = null;
        ticket = free > 0 ? queue.poll() : null;
        if (ticket != null) {
          free--;
          permit = LOCAL;
        } else {
          ticket = firstThatMayLeave();
          Peer peer = ticket == null ? null : peers.tryTake();
          if (ticket != null && peer != null) {
            queue.remove(ticket);
            permit = new Remote(peer);
          }
        }
      }
      if (ticket == null || permit == null) {
        break;
      }
      if (!ticket.permit.complete(permit)) {
        undo(permit);
      }
    }
    if (hasRoom()) {
      onIdle.run();
    }
  }

  /// Whether one more would get a slot now.
  boolean hasRoom() {
    synchronized (this) {
      if (!queue.isEmpty()) {
        return false;
      }
      if (free > 0) {
        return true;
      }
    }
    return peers.hasRoom();
  }

  /// Gives back what a cancelled ticket would have got; the loop of [#dispatch] goes on with it.
  private void undo(Permit permit) {
    switch (permit) {
      case Local _ -> {
        synchronized (this) {
          free++;
        }
      }
      case Remote(Peer peer) -> peers.release(peer, true);
    }
  }

  private @Nullable Ticket firstThatMayLeave() {
    Ticket head = queue.peek();
    if (head == null || head.mayLeave) {
      return head;
    }
    Ticket best = null;
    for (Ticket ticket : queue) {
      if (ticket.mayLeave && (best == null || ORDER.compare(ticket, best) < 0)) {
        best = ticket;
      }
    }
    return best;
  }
}
