package io.kogluktualuk.rdma.transport.rpc;

import java.time.Duration;

/// How patient control connections are. Every wait has one of these limits or a call's deadline.
///
/// @param pingAfter how long a peer may be silent before it is asked for a sign of life
/// @param loseAfter how long it may be silent before it is given up; more than `pingAfter`
/// @param connectMax how long a connection may take to come up, on either side
/// @param slowPeer how long an answer waits for a client that takes no messages before the
///     client is given up
/// @param reconnectMin the pause after a first failed attempt to connect; it doubles with each
/// @param reconnectMax the longest such pause
/// @param resendsMax how often a call is sent again after a lost connection
/// @param security who is proven to be whom
public record RpcSettings(
    Duration pingAfter,
    Duration loseAfter,
    Duration connectMax,
    Duration slowPeer,
    Duration reconnectMin,
    Duration reconnectMax,
    int resendsMax,
    RpcSecurity security) {

  public RpcSettings {
    need(pingAfter.isPositive(), "pingAfter must be positive", pingAfter);
    need(loseAfter.compareTo(pingAfter) > 0, "loseAfter must be more than pingAfter", loseAfter);
    need(connectMax.isPositive(), "connectMax must be positive", connectMax);
    need(slowPeer.isPositive(), "slowPeer must be positive", slowPeer);
    need(reconnectMin.isPositive(), "reconnectMin must be positive", reconnectMin);
    need(
        reconnectMax.compareTo(reconnectMin) >= 0,
        "reconnectMax must be reconnectMin at least",
        reconnectMax);
    need(resendsMax >= 0, "resendsMax must not be negative", resendsMax);
  }

  private static void need(boolean holds, String rule, Object found) {
    if (!holds) {
      throw new IllegalArgumentException(rule + ", is " + found);
    }
  }

  public static RpcSettings defaults() {
    return new RpcSettings(
        Duration.ofSeconds(3),
        Duration.ofSeconds(15),
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        Duration.ofMillis(10),
        Duration.ofMillis(500),
        3,
        RpcSecurity.NONE);
  }

  public RpcSettings withHeartbeat(Duration ping, Duration lose) {
    return new RpcSettings(
        ping, lose, connectMax, slowPeer, reconnectMin, reconnectMax, resendsMax, security);
  }

  public RpcSettings withSlowPeer(Duration patience) {
    return new RpcSettings(
        pingAfter,
        loseAfter,
        connectMax,
        patience,
        reconnectMin,
        reconnectMax,
        resendsMax,
        security);
  }

  public RpcSettings withConnectMax(Duration patience) {
    return new RpcSettings(
        pingAfter, loseAfter, patience, slowPeer, reconnectMin, reconnectMax, resendsMax, security);
  }

  public RpcSettings withSecurity(RpcSecurity how) {
    return new RpcSettings(
        pingAfter, loseAfter, connectMax, slowPeer, reconnectMin, reconnectMax, resendsMax, how);
  }
}
