package io.kogluktualuk.rdma.transport.rpc;

import io.kogluktualuk.fabric.rpc.Deadline;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One call that waits for its answer.
///
/// **Threading:** the calling thread waits; the first outcome, from any thread, wakes it.
final class PendingCall {

  private final Thread caller = Thread.currentThread();
  private volatile @Nullable Outcome outcome;

  /// How a call ended.
  sealed interface Outcome {
    record Answered(Frame frame) implements Outcome {}

    record Lost(String reason) implements Outcome {}
  }

  void complete(Outcome result) {
    outcome = result;
    LockSupport.unpark(caller);
  }

  /// The outcome, or null when the deadline passed or the thread was interrupted.
  @Nullable Outcome await(Deadline deadline) {
    while (outcome == null) {
      long nanos = deadline.remainingNanos();
      if (nanos <= 0 || caller.isInterrupted()) {
        return outcome;
      }
      LockSupport.parkNanos(this, nanos);
    }
    return outcome;
  }
}
