package io.kogluktualuk.computenode.runtime.guest;

/// The time of one transaction: it begins at 0, 1970-01-01, stands still while the program works
/// and passes at once when the program waits for it.
///
/// So a program that sleeps until some time finds that time come, and what it sees of the clock is
/// a function of its own waiting and of nothing else.
///
/// **Threading:** the guest's thread. **Units:** nanoseconds, unsigned.
final class VirtualClock {

  private long now;

  long now() {
    return now;
  }

  /// Lets time pass until `deadline`, if that is yet to come.
  void waitUntil(long deadline) {
    if (Long.compareUnsigned(deadline, now) > 0) {
      now = deadline;
    }
  }

  /// The time after a wait of `nanos` that begins now; at most the end of time.
  long after(long nanos) {
    long sum = now + nanos;
    return Long.compareUnsigned(sum, now) < 0 ? -1L : sum;
  }
}
