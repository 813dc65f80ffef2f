package io.kogluktualuk.rdma.transport.rpc;

import io.kogluktualuk.fabric.measure.Distribution;
import io.kogluktualuk.fabric.measure.Histogram;
import io.kogluktualuk.rdma.transport.rpc.RpcStatistics.Gauges;
import io.kogluktualuk.rdma.transport.rpc.RpcStatistics.Result;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Collection;
import java.util.Locale;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/// Publishes what the control calls of this process have been through.
///
/// Everything is read when it is scraped; between scrapes nothing runs and nothing is kept. Labels
/// have a fixed set of values: they never grow with peers, methods or tenants.
///
/// **Threading:** any thread scrapes.
public final class RpcMetrics {

  private static final String PREFIX = "kog_rpc_";

  private final RpcStatistics statistics;
  private final PrometheusRegistry registry;

  private RpcMetrics(RpcStatistics statistics, PrometheusRegistry registry) {
    this.statistics = statistics;
    this.registry = registry;
  }

  /// Adds the metrics of this process's control calls, once for each registry.
  public static void register(PrometheusRegistry registry) {
    new RpcMetrics(RpcStatistics.process(), registry).registerAll();
  }

  private void registerAll() {
    gauge(
        "calls_in_flight",
        "Calls that wait for their answer or are being answered",
        Gauges::callsInFlight);
    gauge("connections", "Connections that are up", Gauges::connections);
    gauge("credits_available", "Messages that could be sent at once", Gauges::creditsAvailable);
    gauge("credit_waiters", "Calls and answers that wait for credits", Gauges::waitingForCredits);
    calls();
    messages();
    counter("requests_served", "Requests answered by a handler", s -> s.served().sum());
    counter(
        "handshakes_refused",
        "Connections with TLS not made: one side refused the other, or was silent",
        s -> s.handshakesRefused().sum());
    counter("requests_refused", "Requests that found no place", s -> s.refused().sum());
    counter("calls_resent", "Calls sent again after a lost connection", s -> s.resent().sum());
    counter("connects", "Connections made to servers", s -> s.connects().sum());
    counter("reconnects", "Connections made in place of a lost one", s -> s.reconnects().sum());
    counter("pings", "Signs of life asked for", s -> s.pings().sum());
    counter(
        "heartbeats_missed",
        "Pings not answered when the next one was due",
        s -> s.heartbeatsMissed().sum());
    counter(
        "peers_given_up",
        "Connections ended because the peer was silent",
        s -> s.peersGivenUp().sum());
    counter(
        "receiver_not_ready",
        "Messages that met no RECV; credits keep this at zero",
        s -> s.receiverNotReady().sum());
    registry.register(
        () ->
            histogram(
                "credit_wait_seconds",
                "How long messages and callers waited for credits, when they had to",
                statistics.creditWait()));
    registry.register(
        () ->
            histogram(
                "handshake_seconds",
                "How long TLS handshakes took that ended well, of either side",
                statistics.handshakes()));
  }

  private void gauge(String name, String help, ToIntFunction<Gauges> value) {
    GaugeWithCallback.builder()
        .name(PREFIX + name)
        .help(help)
        .labelNames("side")
        .callback(
            callback -> {
              callback.call(sum(statistics.clients(), value), "client");
              callback.call(sum(statistics.servers(), value), "server");
            })
        .register(registry);
  }

  private static int sum(Collection<Gauges> all, ToIntFunction<Gauges> value) {
    return all.stream().mapToInt(value).sum();
  }

  private void counter(String name, String help, ToLongFunction<RpcStatistics> value) {
    CounterWithCallback.builder()
        .name(PREFIX + name)
        .help(help)
        .callback(callback -> callback.call(value.applyAsLong(statistics)))
        .register(registry);
  }

  private void calls() {
    CounterWithCallback.builder()
        .name(PREFIX + "calls")
        .help("Calls that have ended, by how")
        .labelNames("result")
        .callback(
            callback -> {
              for (Result result : Result.values()) {
                callback.call(statistics.calls(result), result.name().toLowerCase(Locale.ROOT));
              }
            })
        .register(registry);
  }

  private void messages() {
    CounterWithCallback.builder()
        .name(PREFIX + "messages_sent")
        .help("Messages sent: data takes a credit and carries calls, control takes none")
        .labelNames("kind")
        .callback(
            callback -> {
              callback.call(statistics.messagesSent().sum(), "data");
              callback.call(statistics.controlMessagesSent().sum(), "control");
            })
        .register(registry);
    counter("messages_received", "Messages received", s -> s.messagesReceived().sum());
  }

  private static HistogramSnapshot histogram(String name, String help, Histogram of) {
    Distribution read = of.read();
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    for (int i = 0; i < read.buckets(); i++) {
      buckets.bucket(read.bound(i), read.count(i));
    }
    return HistogramSnapshot.builder()
        .name(PREFIX + name)
        .help(help)
        .dataPoint(
            HistogramSnapshot.HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(buckets.build())
                .sum(read.sum())
                .labels(Labels.EMPTY)
                .build())
        .build();
  }
}
