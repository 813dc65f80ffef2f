package io.kogluktualuk.memnode.reader;

import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.rdma.transport.rpc.RpcSecurity;
import java.time.Duration;

/// How a process reads and writes blobs.
///
/// @param tenant whose blobs
/// @param replicas how many nodes get each blob that is put; fewer when fewer live
/// @param smallBuffers registered buffers of [#SMALL_BUFFER_BYTES], for index reads and small blobs
/// @param largeBuffers registered buffers of 4 MiB, for the others; bounds the transfers in flight
/// @param keptBytes registered memory, taken when it is needed, in which blobs that were lent are
///     kept for the next reader; 0 for none
/// @param locationsMax how many locations are remembered
/// @param membershipAge how old the list of nodes may get before it is asked for again
/// @param timeout how long one operation may take in all; long batches get a second more for each
///     16 MiB
/// @param connectMax how long a connection to a node may take: less than an operation, so that a
///     second replica gets a turn
/// @param away for so long a node counts as away after a failure: operations then go on with the
///     next replica at once, instead of waiting for a dead address each time
/// @param hintOf of how many reads a node is told one, on average; a power of two; 0 for none
/// @param security who this process and the nodes are proven to be
public record ReaderSettings(
    Tenant tenant,
    int replicas,
    int smallBuffers,
    int largeBuffers,
    long keptBytes,
    int locationsMax,
    Duration membershipAge,
    Duration timeout,
    Duration connectMax,
    Duration away,
    int hintOf,
    RpcSecurity security) {

  /// Holds a small blob or a full batch of index look-ups.
  public static final int SMALL_BUFFER_BYTES = 64 * 1024;

  private static final Duration CONNECT_MAX = Duration.ofSeconds(2);
  private static final Duration AWAY = Duration.ofMillis(500);

  /// A blob that is used a hundred times has been noticed with probability 0.8; one that is used
  /// once, seldom: so nodes do not mistake a scan for a favourite.
  private static final int HINT_OF = 64;

  public ReaderSettings {
    atLeastOne(replicas, "replicas");
    atLeastOne(smallBuffers, "small buffers");
    atLeastOne(largeBuffers, "large buffers");
    atLeastOne(locationsMax, "remembered locations");
    if (keptBytes < 0) {
      throw new IllegalArgumentException("kept bytes " + keptBytes + ": must not be negative");
    }
    if (membershipAge.isNegative() || !timeout.isPositive()) {
      throw new IllegalArgumentException(
          "membership age " + membershipAge + ", timeout " + timeout + ": must be positive");
    }
    if (!connectMax.isPositive() || away.isNegative()) {
      throw new IllegalArgumentException(
          "time to connect " + connectMax + ", away for " + away + ": must be positive");
    }
    if (hintOf < 0 || (hintOf & (hintOf - 1)) != 0) {
      throw new IllegalArgumentException("a hint of " + hintOf + " reads, not a power of two");
    }
  }

  /// For the default tenant; two seconds to connect, half a second away.
  public ReaderSettings(
      int replicas,
      int smallBuffers,
      int largeBuffers,
      int locationsMax,
      Duration membershipAge,
      Duration timeout) {
    this(
        Tenant.DEFAULT,
        replicas,
        smallBuffers,
        largeBuffers,
        0,
        locationsMax,
        membershipAge,
        timeout,
        CONNECT_MAX,
        AWAY,
        HINT_OF,
        RpcSecurity.NONE);
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
    return with(tenant, count, smallBuffers, largeBuffers, timeout, connectMax, away);
  }

  public ReaderSettings withTimeout(Duration longest) {
    return with(tenant, replicas, smallBuffers, largeBuffers, longest, connectMax, away);
  }

  public ReaderSettings withBuffers(int small, int large) {
    return with(tenant, replicas, small, large, timeout, connectMax, away);
  }

  /// How much registered memory is for blobs that were lent.
  public ReaderSettings withKept(long bytes) {
    return new ReaderSettings(
        tenant,
        replicas,
        smallBuffers,
        largeBuffers,
        bytes,
        locationsMax,
        membershipAge,
        timeout,
        connectMax,
        away,
        hintOf,
        security);
  }

  public ReaderSettings withTenant(Tenant whose) {
    return with(whose, replicas, smallBuffers, largeBuffers, timeout, connectMax, away);
  }

  /// How long to connect, and for how long to leave alone who does not answer.
  public ReaderSettings withPatience(Duration connecting, Duration leaving) {
    return with(tenant, replicas, smallBuffers, largeBuffers, timeout, connecting, leaving);
  }

  /// Of how many reads a node is told one; 0 for none.
  public ReaderSettings withUseHints(int of) {
    return new ReaderSettings(
        tenant,
        replicas,
        smallBuffers,
        largeBuffers,
        keptBytes,
        locationsMax,
        membershipAge,
        timeout,
        connectMax,
        away,
        of,
        security);
  }

  public ReaderSettings withSecurity(RpcSecurity how) {
    return new ReaderSettings(
        tenant,
        replicas,
        smallBuffers,
        largeBuffers,
        keptBytes,
        locationsMax,
        membershipAge,
        timeout,
        connectMax,
        away,
        hintOf,
        how);
  }

  private ReaderSettings with(
      Tenant whose,
      int count,
      int small,
      int large,
      Duration longest,
      Duration connecting,
      Duration leaving) {
    return new ReaderSettings(
        whose,
        count,
        small,
        large,
        keptBytes,
        locationsMax,
        membershipAge,
        longest,
        connecting,
        leaving,
        hintOf,
        security);
  }
}
