package io.kogluktualuk.fabric.systemtests;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/// Waits for something that has to come true, looking at it again and again.
///
/// **Threading:** stateless. **Bound:** a deadline, or a time without progress.
final class Await {

  private Await() {}

  /// @param what says what is wrong when it does not; a fault while looking counts as not yet
  static void until(Deadline deadline, Callable<Boolean> holds, Supplier<String> what)
      throws InterruptedException {
    FabricException last = null;
    while (true) {
      try {
        if (holds.call()) {
          return;
        }
      } catch (FabricException e) {
        last = e;
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        throw new AssertionError(e);
      }
      if (deadline.hasPassed()) {
        throw new AssertionError(what.get(), last);
      }
      pause(200);
    }
  }

  /// Waits until nothing is left of something, for as long as it becomes less: how long that takes
  /// depends on how much there is.
  ///
  /// @param patience without it becoming less
  static void untilNoneLeft(Duration patience, IntSupplier left, Supplier<String> what)
      throws InterruptedException {
    int fewest = Integer.MAX_VALUE;
    while (fewest > 0) {
      int before = fewest;
      int[] now = {before};
      until(
          Deadline.after(patience),
          () -> {
            now[0] = left.getAsInt();
            return now[0] < before;
          },
          what);
      fewest = now[0];
    }
  }

  /// Lets time go by: the subject is other processes, whose clocks cannot be turned.
  static void pause(long millis) throws InterruptedException {
    boolean _ = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
  }
}
