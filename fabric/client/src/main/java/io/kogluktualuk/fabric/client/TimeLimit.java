package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How long each call of an application may take in all, whatever it consists of.
///
/// **Threading:** immutable.
///
/// @param each null for as long as the settings allow
record TimeLimit(@Nullable Duration each) {

  static final TimeLimit NONE = new TimeLimit(null);

  /// Makes a call; every deadline that is set in it, by this thread, is in time.
  ///
  /// @throws DeadlineExceeded when it is over, also when somebody could not be reached till then
  <R> R call(Supplier<R> call) {
    if (each == null) {
      return call.get();
    }
    Deadline deadline = Deadline.after(each);
    try {
      return Deadline.during(deadline, call);
    } catch (Unavailable e) {
      if (!deadline.hasPassed() || Thread.currentThread().isInterrupted()) {
        throw e;
      }
      throw new DeadlineExceeded("not done within " + each + ": " + e.getMessage(), e);
    }
  }

  void run(Runnable call) {
    call(
        () -> {
          call.run();
          return this;
        });
  }
}
