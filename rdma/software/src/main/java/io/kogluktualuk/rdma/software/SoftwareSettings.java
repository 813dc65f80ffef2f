package io.kogluktualuk.rdma.software;

import java.time.Duration;

/// How the software provider behaves.
///
/// @param spinNanos how long a waiting thread looks for work before it sleeps; a few microseconds
///     at most, because cores are shared
/// @param handshakeTimeout how long a peer may take to introduce itself, and a region query to be
///     answered
/// @param paths which data paths connections may take
/// @param silenceTimeout how long nothing may be heard of a peer over TCP before it counts as dead;
///     peers that have nothing to say send a heartbeat six times in that time
public record SoftwareSettings(
    long spinNanos, Duration handshakeTimeout, PathChoice paths, Duration silenceTimeout) {

  public SoftwareSettings {
    if (spinNanos < 0 || spinNanos > 1_000_000) {
      throw new IllegalArgumentException("spinning takes 0 to 1000000 ns, not " + spinNanos);
    }
    if (!handshakeTimeout.isPositive()) {
      throw new IllegalArgumentException("the handshake needs time, not " + handshakeTimeout);
    }
    if (silenceTimeout.compareTo(Duration.ofMillis(60)) < 0) {
      throw new IllegalArgumentException("silence takes 60 ms or more, not " + silenceTimeout);
    }
  }

  /// An adapter gives a silent peer up after about as long (measured: 6 s with 2 retries).
  public static SoftwareSettings defaults() {
    return new SoftwareSettings(
        2_000, Duration.ofSeconds(5), PathChoice.AUTO, Duration.ofSeconds(6));
  }

  /// The same with another data path.
  public SoftwareSettings withPaths(PathChoice other) {
    return new SoftwareSettings(spinNanos, handshakeTimeout, other, silenceTimeout);
  }
}
