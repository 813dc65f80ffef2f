package io.kogluktualuk.rdma.transport.rpc;

import io.kogluktualuk.fabric.measure.Histogram;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// What the control calls of this process have been through. Kept with counters of the JDK, so
/// that no process pays for a metrics library that nobody asks; [RpcMetrics] publishes it.
///
/// There is one for the process: channels and servers are made in many places, and whoever scrapes
/// wants all of them.
///
/// **Threading:** any thread; counting neither blocks nor allocates.
final class RpcStatistics {

  private static final RpcStatistics PROCESS = new RpcStatistics();

  /// How a call of a client ended.
  enum Result {
    /// The answer was a response.
    OK,
    /// The answer was a fault.
    FAULT,
    /// The time ran out.
    DEADLINE,
    /// The connection was lost and the call may not be sent again.
    LOST,
    /// No connection could be had.
    UNREACHABLE,
    INTERRUPTED
  }

  /// Something whose state is read when somebody asks.
  interface Gauges {
    int callsInFlight();

    /// Credits to send with, over all connections.
    int creditsAvailable();

    /// Calls and answers that wait for credits.
    int waitingForCredits();

    int connections();
  }

  private final Map<Result, LongAdder> calls = new EnumMap<>(Result.class);
  private final Set<Gauges> clients = ConcurrentHashMap.newKeySet();
  private final Set<Gauges> servers = ConcurrentHashMap.newKeySet();
  private final Histogram creditWait = Histogram.ofTimes();
  private final Histogram handshakes = Histogram.ofTimes();
  private final LongAdder served = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder handshakesRefused = new LongAdder();
  private final LongAdder resent = new LongAdder();
  private final LongAdder connects = new LongAdder();
  private final LongAdder reconnects = new LongAdder();
  private final LongAdder pings = new LongAdder();
  private final LongAdder heartbeatsMissed = new LongAdder();
  private final LongAdder peersGivenUp = new LongAdder();
  private final LongAdder receiverNotReady = new LongAdder();
  private final LongAdder messagesSent = new LongAdder();
  private final LongAdder messagesReceived = new LongAdder();
  private final LongAdder controlMessagesSent = new LongAdder();

  RpcStatistics() {
    for (Result result : Result.values()) {
      calls.put(result, new LongAdder());
    }
  }

  /// What counts for this process.
  static RpcStatistics process() {
    return PROCESS;
  }

  void ended(Result result) {
    LongAdder counter = calls.get(result);
    if (counter != null) {
      counter.increment();
    }
  }

  long calls(Result result) {
    LongAdder counter = calls.get(result);
    return counter == null ? 0 : counter.sum();
  }

  Set<Gauges> clients() {
    return clients;
  }

  Set<Gauges> servers() {
    return servers;
  }

  /// Time that messages and callers waited for credits.
  Histogram creditWait() {
    return creditWait;
  }

  /// Times from the first message of a TLS handshake to its good end.
  Histogram handshakes() {
    return handshakes;
  }

  /// Requests that a handler has answered.
  LongAdder served() {
    return served;
  }

  /// Requests that found too many others being answered.
  LongAdder refused() {
    return refused;
  }

  /// Connections with TLS that were not made: one side did not want the other, or was silent.
  LongAdder handshakesRefused() {
    return handshakesRefused;
  }

  /// Calls sent again after a lost connection.
  LongAdder resent() {
    return resent;
  }

  /// Connections made by clients.
  LongAdder connects() {
    return connects;
  }

  /// Those among them that replace a lost one.
  LongAdder reconnects() {
    return reconnects;
  }

  LongAdder pings() {
    return pings;
  }

  /// Pings that were not answered before the next was due.
  LongAdder heartbeatsMissed() {
    return heartbeatsMissed;
  }

  /// Connections ended because the peer was silent.
  LongAdder peersGivenUp() {
    return peersGivenUp;
  }

  /// Messages that met no RECV. Credits keep this at zero.
  LongAdder receiverNotReady() {
    return receiverNotReady;
  }

  /// Messages that take a credit; each carries one call or more.
  LongAdder messagesSent() {
    return messagesSent;
  }

  LongAdder messagesReceived() {
    return messagesReceived;
  }

  /// Returns of credits, pings and pongs.
  LongAdder controlMessagesSent() {
    return controlMessagesSent;
  }
}
