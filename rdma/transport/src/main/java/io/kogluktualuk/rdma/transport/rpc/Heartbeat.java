package io.kogluktualuk.rdma.transport.rpc;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches the silence of one peer. Both sides do: on a cut cable nobody is told anything by an
/// adapter, least of all the side that only answers.
///
/// **Threading:** the group's completion thread, but for [#onUp].
final class Heartbeat {

  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

  private final RpcEndpoint endpoint;
  private final RpcStatistics statistics;
  private final long pingAfterNanos;
  private final long loseAfterNanos;
  private final long connectNanos;
  private final long createdAt = System.nanoTime();
  private volatile long lastArrival = createdAt;
  private long lastPing = createdAt;
  private boolean isGivenUp;
  private boolean hasSeenEnding;

  Heartbeat(RpcEndpoint endpoint, RpcSettings settings, RpcStatistics statistics) {
    this.endpoint = endpoint;
    this.statistics = statistics;
    this.pingAfterNanos = settings.pingAfter().toNanos();
    this.loseAfterNanos = settings.loseAfter().toNanos();
    this.connectNanos = settings.connectMax().toNanos();
  }

  /// The connection is up: silence counts from now.
  void onUp() {
    lastArrival = System.nanoTime();
  }

  void onArrival() {
    lastArrival = System.nanoTime();
  }

  /// Looks at the time: asks a silent peer for a sign of life, gives up one that stays silent, and
  /// a connection that does not come up.
  ///
  /// @param sinceLast how long this side itself has not looked; when that is long, because the
  ///     process was stopped, silence meanwhile proves nothing
  void look(long now, long sinceLast) {
    if (endpoint.isLost()) {
      return;
    }
    if (!endpoint.isUp()) {
      lookWhileConnecting(now);
      return;
    }
    if (isEnding(endpoint.ending())) {
      return;
    }
    if (!endpoint.isSecured()) {
      if (now - createdAt > connectNanos) {
        endpoint.lose("its handshake did not end in " + connectNanos / 1_000_000 + " ms");
      }
      return;
    }
    if (sinceLast > loseAfterNanos / 2) {
      lastArrival = now;
    }
    long silence = now - lastArrival;
    if (silence > loseAfterNanos) {
      statistics.peersGivenUp().increment();
      endpoint.lose("no sign of life for " + silence / 1_000_000 + " ms");
    } else if (silence > pingAfterNanos && now - lastPing > pingAfterNanos) {
      lastPing = now;
      if (endpoint.outbox().ping()) {
        statistics.pings().increment();
      } else {
        statistics.heartbeatsMissed().increment();
      }
    }
  }

  /// A peer that was refused is told why, and has until the look after the next to go by itself:
  /// closing at once would overtake what it is told.
  private boolean isEnding(@Nullable String reason) {
    if (reason == null) {
      return false;
    }
    if (hasSeenEnding) {
      endpoint.lose(reason);
    }
    hasSeenEnding = true;
    return true;
  }

  private void lookWhileConnecting(long now) {
    if (now - createdAt > connectNanos && !isGivenUp) {
      isGivenUp = true;
      LOG.debug("a connection does not come up");
      // Needs the endpoint's monitor, and this thread must not wait for it.
      Thread.startVirtualThread(
          () ->
              endpoint.giveUpConnecting(
                  "it did not come up in " + connectNanos / 1_000_000 + " ms"));
    }
  }
}
