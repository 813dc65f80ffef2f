package io.kogluktualuk.controlplane.client;

import io.kogluktualuk.controlplane.api.RequestId;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/// Names the commands of one client, each once.
///
/// **Threading:** any thread.
public final class RequestIds {

  private final long clientHigh;
  private final long clientLow;
  private final AtomicLong last = new AtomicLong();

  /// @param random draws the client's own name
  public RequestIds(RandomGenerator random) {
    this.clientHigh = random.nextLong();
    this.clientLow = random.nextLong();
  }

  public RequestId next() {
    return new RequestId(clientHigh, clientLow, last.incrementAndGet());
  }
}
