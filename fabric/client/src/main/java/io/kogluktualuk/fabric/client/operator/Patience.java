package io.kogluktualuk.fabric.client.operator;

import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// How long an operator waits for what nodes do, looking at it again and again.
///
/// **Threading:** any thread. **Bound:** each wait ends with its deadline.
///
/// @param within how long each wait may last
public record Patience(Duration within) {

  private static final long LOOK_EVERY_MILLIS = 100;

  /// Waits until something holds.
  ///
  /// @param holds looks; a fault that may pass counts as not yet, as nodes come and go meanwhile
  /// @param otherwise what is wrong when it does not hold in time
  /// @throws DeadlineExceeded when it does not
  public void until(BooleanSupplier holds, Supplier<String> otherwise) throws InterruptedException {
    Deadline deadline = Deadline.after(within);
    String last = "";
    while (true) {
      try {
        if (holds.getAsBoolean()) {
          return;
        }
        last = "";
      } catch (FabricException e) {
        if (e.category() != FabricException.Category.RETRY) {
          throw e;
        }
        last = "; at last: " + e.getMessage();
      }
      if (deadline.hasPassed()) {
        throw new DeadlineExceeded(otherwise.get() + last);
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
    }
  }
}
