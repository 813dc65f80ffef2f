package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.memnode.api.Tenant;
import java.time.Duration;

/// How a process reads and writes blobs.
///
/// @param tenant whose blobs
/// @param replicas how many nodes get each blob that is put; fewer when fewer nodes live
/// @param smallBuffers registered buffers of [#SMALL_BUFFER_BYTES], for index reads and small blobs
/// @param largeBuffers registered buffers of 4 MiB, for the others; bounds the transfers in flight
/// @param locationsMax how many locations are remembered
/// @param membershipAge how old the list of nodes may get before it is asked for again
/// @param timeout how long one operation may take in all; long batches get a second more for each
///     16 MiB
public record ReaderSettings(
    Tenant tenant,
    int replicas,
    int smallBuffers,
    int largeBuffers,
    int locationsMax,
    Duration membershipAge,
    Duration timeout) {

  /// Holds a small blob or a full batch of index look-ups.
  public static final int SMALL_BUFFER_BYTES = 64 * 1024;

  public ReaderSettings {
    atLeastOne(replicas, "replicas");
    atLeastOne(smallBuffers, "small buffers");
    atLeastOne(largeBuffers, "large buffers");
    atLeastOne(locationsMax, "remembered locations");
    if (membershipAge.isNegative() || !timeout.isPositive()) {
      throw new IllegalArgumentException(
          "membership age " + membershipAge + ", timeout " + timeout + ": must be positive");
    }
  }

  /// For the default tenant.
  public ReaderSettings(
      int replicas,
      int smallBuffers,
      int largeBuffers,
      int locationsMax,
      Duration membershipAge,
      Duration timeout) {
    this(
        Tenant.DEFAULT, replicas, smallBuffers, largeBuffers, locationsMax, membershipAge, timeout);
  }

  private static void atLeastOne(int value, String what) {
    if (value < 1) {
      throw new IllegalArgumentException("at least one of: " + what + "; found " + value);
    }
  }

  /// Two replicas, 16 + 8 buffers (33 MiB), 65,536 locations (about 10 MiB), a second, ten seconds.
  public static ReaderSettings defaults() {
    return new ReaderSettings(2, 16, 8, 1 << 16, Duration.ofSeconds(1), Duration.ofSeconds(10));
  }

  public ReaderSettings withReplicas(int count) {
    return new ReaderSettings(
        tenant, count, smallBuffers, largeBuffers, locationsMax, membershipAge, timeout);
  }

  public ReaderSettings withTimeout(Duration longest) {
    return new ReaderSettings(
        tenant, replicas, smallBuffers, largeBuffers, locationsMax, membershipAge, longest);
  }

  public ReaderSettings withBuffers(int small, int large) {
    return new ReaderSettings(tenant, replicas, small, large, locationsMax, membershipAge, timeout);
  }

  public ReaderSettings withTenant(Tenant whose) {
    return new ReaderSettings(
        whose, replicas, smallBuffers, largeBuffers, locationsMax, membershipAge, timeout);
  }
}
