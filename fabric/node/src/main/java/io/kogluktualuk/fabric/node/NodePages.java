package io.kogluktualuk.fabric.node;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.rdma.transport.rpc.RpcMetrics;
import io.prometheus.metrics.exporter.httpserver.MetricsHandler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// What the nodes of this process publish by HTTP: `/metrics` for Prometheus, `/live` (this process
/// answers) and `/ready` (200 when all its nodes can do their work, else 503, with reasons).
///
/// **Threading:** [#THREADS] threads of its own, which end with it. Only processes that serve touch
/// this class: it brings a library along.
public final class NodePages implements AutoCloseable {

  private static final int THREADS = 2;
  private static final int WAITING_MAX = 16;

  private final HttpServer server;
  private final ExecutorService threads;
  private final Supplier<List<ServedNode>> nodes;

  private NodePages(HttpServer server, Supplier<List<ServedNode>> nodes) {
    this.server = server;
    this.nodes = nodes;
    this.threads =
        Executors.newFixedThreadPool(
            THREADS, Thread.ofPlatform().daemon().name("kog-pages-", 0).factory());
  }

  /// Publishes the pages; there are none of nodes until they have started.
  ///
  /// @param address port 0 picks a free one
  /// @param nodes those of this process that run now
  /// @throws Conflict when the port is in use
  public static NodePages open(InetSocketAddress address, Supplier<List<ServedNode>> nodes) {
    try {
      NodePages pages = new NodePages(HttpServer.create(address, WAITING_MAX), nodes);
      pages.start();
      return pages;
    } catch (IOException e) {
      throw new Conflict("metrics cannot be published on " + address + ": " + e.getMessage(), e);
    }
  }

  private void start() {
    PrometheusRegistry registry = new PrometheusRegistry();
    RpcMetrics.register(registry);
    registry.register(new NodeMetrics(nodes));
    server.setExecutor(threads);
    server.createContext("/metrics", new MetricsHandler(registry));
    server.createContext("/live", exchange -> answer(exchange, 200, "{\"live\":true}"));
    server.createContext("/ready", this::ready);
    server.start();
  }

  private void ready(HttpExchange exchange) throws IOException {
    List<ServedNode> running = nodes.get();
    Health health = Health.of(running.stream().map(ServedNode::health).toList());
    boolean isReady = !running.isEmpty() && health.isReady();
    answer(exchange, isReady ? 200 : 503, HealthText.json(isReady, health));
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] body = (json + "\n").getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.getRequestBody().readNBytes(1 << 16);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /// Where the pages are, without a path.
  public String url() {
    InetSocketAddress address = server.getAddress();
    String host = address.getAddress().getHostAddress();
    return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
