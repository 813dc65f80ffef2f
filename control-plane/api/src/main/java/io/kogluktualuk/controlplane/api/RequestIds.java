package io.kogluktualuk.controlplane.api;

import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/// Names the commands of one client, one after the other.
///
/// **Threading:** any thread.
/// **Bound:** the caller keeps at most [RequestId#WINDOW] commands under way at a time; older ones
/// are refused, because their replies are no longer known.
public final class RequestIds {

  private final long clientHigh;
  private final long clientLow;
  private final AtomicLong sequence = new AtomicLong();

  /// @param random draws the name of the client; must not be predictable where clients do not trust
  ///     each other
  public RequestIds(RandomGenerator random) {
    clientHigh = random.nextLong();
    clientLow = random.nextLong();
  }

  /// The name of the next command.
  public RequestId next() {
    return new RequestId(clientHigh, clientLow, sequence.incrementAndGet());
  }
}
