package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.api.ExecuteRequest;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The transactions in the making on this node: one [Flight] for each key.
///
/// A flight begins when there is room for it, or when someone waits for it. A trivial one only in
/// the latter case, and then in the place of the one who waits.
///
/// **Threading:** any thread. **Bound:** [ExecuteRequest#DEPTH_MAX] nested transactions.
final class Flights {

  private static final int WAKE_MAX = 64;

  private final Engine engine;
  private final Map<Leg, Flight> flights = new ConcurrentHashMap<>();
  private final Queue<Flight> dormant = new PriorityBlockingQueue<>(64, Flight.DEEPEST_FIRST);
  private final AtomicLong numbers = new AtomicLong();
  private volatile boolean isClosed;

  /// Flights for one key differ in what they believe.
  ///
  /// @param alone the run that takes no other's flight for its own; null when any may join
  private record Leg(Hash key, Recall recall, @Nullable Run alone) {
    static Leg of(Flight flight) {
      Recall recall = flight.recall();
      return new Leg(flight.key(), recall, recall == Recall.AFRESH ? flight.owner() : null);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Leg leg
          && recall == leg.recall
          && alone == leg.alone
          && key.equals(leg.key);
    }

    @Override
    public int hashCode() {
      return key.hashCode() + recall.ordinal();
    }
  }

  Flights(Engine engine) {
    this.engine = engine;
  }

  /// A transaction in the making, held once for the caller.
  ///
  /// @param recall how far a known outcome is believed
  Flight fly(Transaction transaction, Run run, int depth, Recall recall) {
    Flight flight = fly(transaction, run, depth, true, recall);
    if (!flight.isTrivial() && flight.isDormant()) {
      if (engine.dispatcher().hasRoom()) {
        flight.begin();
      } else {
        dormant.add(flight);
      }
    }
    return flight;
  }

  /// The same, which begins only when someone waits for it.
  ///
  /// @param mayLeave whether it may be handed to a peer
  Flight fly(Transaction transaction, Run run, int depth, boolean mayLeave, Recall recall) {
    Blob encoding = transaction.encode();
    Flight fresh = new Flight(engine, encoding, transaction, run, depth, mayLeave, recall);
    if (settlesKnown(fresh)) {
      return fresh;
    }
    run.started.increment();
    fresh.hold();
    fresh.weigh();
    if (depth > ExecuteRequest.DEPTH_MAX) {
      fresh.fail(
          new Refused(
              "transactions are nested deeper than "
                  + ExecuteRequest.DEPTH_MAX
                  + ": the last is "
                  + String.join(" ", transaction.argv())));
    } else if (isClosed) {
      fresh.fail(new AlreadyClosed("the compute node is closed"));
    } else {
      return join(fresh);
    }
    return fresh;
  }

  /// A transaction whose outcome is known here, held once for the caller; null when it is not, and
  /// nothing has begun.
  ///
  /// @param encoding of the transaction
  @Nullable Flight flown(
      Transaction transaction, Blob encoding, Run run, int depth, Recall recall) {
    Flight fresh = new Flight(engine, encoding, transaction, run, depth, true, recall);
    return settlesKnown(fresh) ? fresh : null;
  }

  /// Settles a flight that nobody else has yet, if its outcome is known here.
  private boolean settlesKnown(Flight fresh) {
    Settled known = engine.dispatcher().known(fresh);
    if (known == null) {
      return false;
    }
    fresh.owner().started.increment();
    fresh.hold();
    fresh.settle(known);
    return true;
  }

  private Flight join(Flight fresh) {
    Leg leg = Leg.of(fresh);
    while (true) {
      Flight other = flights.putIfAbsent(leg, fresh);
      if (other == null) {
        return fresh;
      }
      if (other.hold()) {
        return other;
      }
      flights.remove(leg, other);
    }
  }

  /// The transaction that has a key, if it is in the making here.
  @Nullable Transaction find(Hash key, Run run) {
    for (Recall recall : Recall.values()) {
      Flight flight = flights.get(new Leg(key, recall, recall == Recall.AFRESH ? run : null));
      if (flight != null) {
        return flight.transaction();
      }
    }
    return null;
  }

  /// Numbers flights in the order of their making.
  long nextNumber() {
    return numbers.getAndIncrement();
  }

  void landed(Flight flight) {
    flights.remove(Leg.of(flight), flight);
  }

  /// There is room: begins some of those that wait for it, enough for a batch of lookups.
  void wakeSome() {
    for (int i = 0; i < WAKE_MAX; i++) {
      Flight next = dormant.poll();
      if (next == null) {
        return;
      }
      next.begin();
    }
  }

  /// Lets no more begin.
  void close() {
    isClosed = true;
  }
}
