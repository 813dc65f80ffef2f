package io.kogluktualuk.rdma.transport.rpc;

import static io.kogluktualuk.rdma.transport.rpc.Calls.ECHO;
import static io.kogluktualuk.rdma.transport.rpc.Calls.anyPort;
import static io.kogluktualuk.rdma.transport.rpc.Calls.in;
import static io.kogluktualuk.rdma.transport.rpc.RpcChild.INLINE;
import static io.kogluktualuk.rdma.transport.rpc.RpcChild.NEVER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.Refused;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Method;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is told of control calls, against what they did.
@Timeout(60)
class RpcMetricsTest {

  private final PrometheusRegistry registry = new PrometheusRegistry();

  RpcMetricsTest() {
    RpcMetrics.register(registry);
  }

  private MetricSnapshot find(String name) {
    return registry.scrape().stream()
        .filter(snapshot -> snapshot.getMetadata().getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is missing"));
  }

  private double counter(String name, String... label) {
    return ((CounterSnapshot) find(name))
        .getDataPoints().stream()
            .filter(point -> label.length == 0 || label[1].equals(point.getLabels().get(label[0])))
            .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
            .sum();
  }

  private double gauge(String name, String side) {
    return ((GaugeSnapshot) find(name))
        .getDataPoints().stream()
            .filter(point -> side.equals(point.getLabels().get("side")))
            .mapToDouble(GaugeSnapshot.GaugeDataPointSnapshot::getValue)
            .sum();
  }

  @Test
  void callsAreCountedByTheirResult() {
    try (RpcServer server = RpcServer.open(anyPort(), RpcChild.methods());
        Channel channel = RpcClient.connect(server.address(), in(5000))) {
      double ok = counter("kog_rpc_calls", "result", "ok");
      double fault = counter("kog_rpc_calls", "result", "fault");
      double deadline = counter("kog_rpc_calls", "result", "deadline");
      double served = counter("kog_rpc_requests_served");
      double sent = counter("kog_rpc_messages_sent", "kind", "data");
      for (int i = 0; i < 5; i++) {
        assertEquals(i, channel.call(i % 2 == 0 ? ECHO : INLINE, new byte[i], in(5000)).length);
      }
      Method<byte[], byte[]> unknown =
          new Method<>(99, "test.unknown", Calls.BYTES, Calls.BYTES, true);
      assertThrows(Refused.class, () -> channel.call(unknown, new byte[1], in(5000)));
      assertThrows(DeadlineExceeded.class, () -> channel.call(NEVER, new byte[1], in(50)));
      assertEquals(5, counter("kog_rpc_calls", "result", "ok") - ok);
      assertEquals(1, counter("kog_rpc_calls", "result", "fault") - fault);
      assertEquals(1, counter("kog_rpc_calls", "result", "deadline") - deadline);
      assertEquals(6, counter("kog_rpc_requests_served") - served);
      assertTrue(counter("kog_rpc_messages_sent", "kind", "data") - sent >= 12);
      assertEquals(1, gauge("kog_rpc_connections", "client"));
      assertEquals(1, gauge("kog_rpc_connections", "server"));
      assertEquals(1, gauge("kog_rpc_calls_in_flight", "server"));
      assertEquals(0, gauge("kog_rpc_calls_in_flight", "client"));
      assertTrue(gauge("kog_rpc_credits_available", "client") > 0);
    }
    assertEquals(0, gauge("kog_rpc_connections", "client"));
    assertEquals(0, gauge("kog_rpc_connections", "server"));
  }

  @Test
  void backPressureIsVisible() throws Exception {
    // Other tests of this process provoke it.
    double notReady = counter("kog_rpc_receiver_not_ready");
    RpcSettings patience =
        RpcSettings.defaults().withHeartbeat(Calls.patient(200), Calls.patient(60_000));
    try (RpcChild.Server server = RpcChild.server(Calls.patient(200), Calls.patient(60_000), 1);
        Channel channel = RpcClient.connect(server.address(), patience, 1, in(5000));
        var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      assertEquals(1, channel.call(ECHO, new byte[1], in(5000)).length);
      var before = waits();
      double missed = counter("kog_rpc_heartbeats_missed");
      Calls.signal("STOP", server.process().pid());
      Future<byte[]> first = callers.submit(() -> channel.call(ECHO, new byte[1], in(60_000)));
      Calls.await("credits are spent", () -> gauge("kog_rpc_credits_available", "client") == 0);
      Future<byte[]> second = callers.submit(() -> channel.call(ECHO, new byte[2], in(60_000)));
      Calls.await("one waits", () -> gauge("kog_rpc_credit_waiters", "client") == 1);
      Calls.await("silence shows", () -> counter("kog_rpc_heartbeats_missed") > missed);
      assertEquals(2, gauge("kog_rpc_calls_in_flight", "client"));
      Calls.signal("CONT", server.process().pid());
      assertEquals(1, first.get().length);
      assertEquals(2, second.get().length);
      var after = waits();
      assertTrue(after.getCount() > before.getCount());
      assertTrue(after.getSum() > before.getSum());
    }
    assertEquals(notReady, counter("kog_rpc_receiver_not_ready"));
  }

  private HistogramSnapshot.HistogramDataPointSnapshot waits() {
    return ((HistogramSnapshot) find("kog_rpc_credit_wait_seconds")).getDataPoints().getFirst();
  }
}
