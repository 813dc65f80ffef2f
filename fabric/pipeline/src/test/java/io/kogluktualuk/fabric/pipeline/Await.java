package io.kogluktualuk.fabric.pipeline;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Waits for what other threads bring about.
final class Await {

  private static final long GIVE_UP_NANOS = 60_000_000_000L;

  private Await() {}

  static void until(BooleanSupplier condition, String what) {
    until(condition, () -> what);
  }

  static void until(BooleanSupplier condition, Supplier<String> what) {
    long startNanos = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - startNanos > GIVE_UP_NANOS) {
        throw new AssertionError("not within a minute: " + what.get());
      }
      LockSupport.parkNanos(5_000_000);
    }
  }
}
