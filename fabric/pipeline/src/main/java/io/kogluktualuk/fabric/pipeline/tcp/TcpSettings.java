package io.kogluktualuk.fabric.pipeline.tcp;

import java.time.Duration;

/// How connections are watched.
///
/// @param heartbeat how often something is sent at least
/// @param silence after so long without a byte the other side counts as gone
/// @param connectTimeout how long one attempt to connect may take
public record TcpSettings(Duration heartbeat, Duration silence, Duration connectTimeout) {

  /// A second, five, and three.
  public static final TcpSettings DEFAULT =
      new TcpSettings(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(3));

  public TcpSettings {
    if (!heartbeat.isPositive()
        || silence.compareTo(heartbeat) <= 0
        || !connectTimeout.isPositive()) {
      throw new IllegalArgumentException(
          "a heartbeat of "
              + heartbeat
              + ", silence of "
              + silence
              + ", connecting for "
              + connectTimeout);
    }
  }
}
