package io.kogluktualuk.controlplane.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait between two rounds over all control nodes, and how long one of them may take.
/// Both double with each round up to a limit; the wait is between half and the whole of that at
/// random, so that clients of a plane that has lost its leader do not come back all at once.
///
/// **Threading:** stateless but for the randomness, which any thread may draw.
final class Pauses {

  private static final long MIN_NANOS = Duration.ofMillis(5).toNanos();
  private static final long MAX_NANOS = Duration.ofMillis(200).toNanos();
  private static final int DOUBLINGS_MAX = 16;

  private final long patienceNanos;
  private final RandomGenerator random;

  /// @param patience how long the first attempt at a node may take when there are others
  Pauses(Duration patience, RandomGenerator random) {
    this.patienceNanos = patience.toNanos();
    this.random = random;
  }

  /// @param round counted from 0
  long afterRoundNanos(int round) {
    long whole = Math.min(MAX_NANOS, MIN_NANOS << Math.min(round, DOUBLINGS_MAX));
    return whole / 2 + random.nextLong(whole / 2 + 1);
  }

  /// @param round counted from 0
  /// @param nodes how many there are; a lone one gets all the time that is left
  long attemptNanos(int round, int nodes, long remainingNanos) {
    return nodes == 1
        ? remainingNanos
        : Math.min(remainingNanos, patienceNanos << Math.min(round, DOUBLINGS_MAX));
  }
}
