package io.kogluktualuk.rdma.transport.credit;

import io.kogluktualuk.fabric.rpc.Deadline;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// The receive credits that one side of a connection holds.
///
/// The peer has posted one RECV for each credit. Sending takes a credit; the peer's count of the
/// messages it has taken (and posted new RECVs for) brings credits back. So a message never meets a
/// queue pair without a RECV.
///
/// **Threading:** any thread takes; one thread reports what the peer has taken.
/// **Invariant:** credits here + messages that the peer has not reported = the window.
public final class SendWindow {

  private final Semaphore credits;
  private int reported;

  /// @param size how many messages may be on their way
  public SendWindow(int size) {
    // First come, first served: under load nobody waits for ever.
    this.credits = new Semaphore(size, true);
  }

  /// Takes a credit, waiting until the deadline; false when it passed.
  public boolean acquire(Deadline deadline) throws InterruptedException {
    return credits.tryAcquire(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
  }

  /// Gives back a credit whose message was not sent after all.
  public void release() {
    credits.release();
  }

  /// The peer says how many messages it has taken since the beginning; the count wraps at 2^32.
  /// Counts may arrive out of order.
  public void onTaken(int total) {
    int more = total - reported;
    if (more > 0) {
      reported = total;
      credits.release(more);
    }
  }

  /// Credits that could be taken now.
  public int available() {
    return credits.availablePermits();
  }
}
