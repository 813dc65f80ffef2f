package io.kogluktualuk.memnode.server;

import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// Calls between parties that get lost, come late, come twice, overtake each other, or do not come
/// through at all.
///
/// A call takes time on the virtual clock, before and after it is carried out. A request that is
/// lost may still arrive long after its caller has given up.
///
/// **Threading:** one thread.
final class SimulatedNetwork {

  private static final long TIMEOUT = 400 * SimulatedTime.MILLI;

  private record Line(String from, String to) {}

  private final SimulatedTime time;
  private final RandomGenerator random;
  private final Set<Line> cut = new HashSet<>();
  private int faultsPerMille;

  SimulatedNetwork(SimulatedTime time, RandomGenerator random, int faultsPerMille) {
    this.time = time;
    this.random = random;
    this.faultsPerMille = faultsPerMille;
  }

  /// One direction of a line.
  void cut(String from, String to) {
    cut.add(new Line(from, to));
  }

  void mend() {
    cut.clear();
  }

  /// Mends everything for good.
  void calm() {
    mend();
    faultsPerMille = 0;
  }

  private boolean happens() {
    return random.nextInt(1000) < faultsPerMille;
  }

  private void delay() {
    time.pass(random.nextLong(happens() ? 300 * SimulatedTime.MILLI : 2 * SimulatedTime.MILLI));
  }

  /// @param isOpen whether the connection on which the call was made still stands
  <R> R call(String from, String to, BooleanSupplier isOpen, Supplier<R> call) {
    if (cut.contains(new Line(from, to))) {
      time.pass(TIMEOUT);
      throw new Unavailable(to + " cannot be reached from " + from);
    }
    if (happens()) {
      time.pass(TIMEOUT);
      if (random.nextBoolean()) {
        deliverLate(isOpen, call);
      }
      throw new DeadlineExceeded(to + " did not answer " + from + "; the outcome is open");
    }
    delay();
    if (!isOpen.getAsBoolean()) {
      throw new Unavailable(to + " is down");
    }
    R reply = call.get();
    delay();
    if (happens()) {
      deliverLate(isOpen, call);
    }
    if (happens() || cut.contains(new Line(to, from))) {
      time.pass(TIMEOUT);
      throw new DeadlineExceeded("the answer of " + to + " to " + from + " was lost");
    }
    return reply;
  }

  @SuppressWarnings("ReturnValueIgnored") // nobody waits for it
  private void deliverLate(BooleanSupplier isOpen, Supplier<?> call) {
    time.after(
        random.nextLong(3 * SimulatedTime.SECOND),
        () -> {
          if (isOpen.getAsBoolean()) {
            try {
              call.get();
            } catch (FabricException _) {
              // Nobody waits for the answer any more.
            }
          }
        });
  }
}
