package io.kogluktualuk.rdma.transport.credit;

import java.util.concurrent.atomic.AtomicInteger;

/// How many of the peer's messages this side has taken, and what the peer knows of it.
///
/// Every message carries the count, so credits mostly travel for free; when half a window has been
/// taken unsaid, a message of its own is due.
///
/// **Threading:** one thread takes; any thread writes messages.
public final class TakenCount {

  private final int window;
  private volatile int taken;
  private final AtomicInteger said = new AtomicInteger();

  public TakenCount(int window) {
    this.window = window;
  }

  /// A message was taken and a RECV was posted in its place.
  public void onTaken() {
    taken++;
  }

  /// The count for a message that is being written now.
  public int say() {
    int now = taken;
    said.set(now);
    return now;
  }

  /// Whether the peer should be told without waiting for the next message.
  public boolean isDue() {
    return taken - said.get() >= window / 2;
  }
}
