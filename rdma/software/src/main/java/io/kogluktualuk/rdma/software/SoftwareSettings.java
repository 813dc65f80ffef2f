package io.kogluktualuk.rdma.software;

import java.time.Duration;

/// How the software provider behaves.
///
/// @param spinNanos how long a waiting thread looks for work before it sleeps; a few microseconds
///     at most, because cores are shared
/// @param handshakeTimeout how long a peer may take to introduce itself, and a region query to be
///     answered
/// @param paths which data paths connections may take
public record SoftwareSettings(long spinNanos, Duration handshakeTimeout, PathChoice paths) {

  public SoftwareSettings {
    if (spinNanos < 0 || spinNanos > 1_000_000) {
      throw new IllegalArgumentException("spinning takes 0 to 1000000 ns, not " + spinNanos);
    }
    if (!handshakeTimeout.isPositive()) {
      throw new IllegalArgumentException("the handshake needs time, not " + handshakeTimeout);
    }
  }

  public static SoftwareSettings defaults() {
    return new SoftwareSettings(2_000, Duration.ofSeconds(5), PathChoice.AUTO);
  }

  public SoftwareSettings withPaths(PathChoice choice) {
    return new SoftwareSettings(spinNanos, handshakeTimeout, choice);
  }
}
