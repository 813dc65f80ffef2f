package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.rdma.transport.rpc.RpcMetrics;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;

/// Where Prometheus, or a person with a browser, reads the metrics of a cluster in this process.
///
/// **Threading:** threads of its own, which end with it. Only commands that serve a cluster touch
/// this class: it brings a library along.
final class MetricsPage implements AutoCloseable {

  private final HTTPServer server;
  private final InetSocketAddress address;

  private MetricsPage(HTTPServer server, InetSocketAddress address) {
    this.server = server;
    this.address = address;
  }

  /// @throws Conflict when the port is in use
  static MetricsPage open(InetSocketAddress address) {
    PrometheusRegistry registry = new PrometheusRegistry();
    RpcMetrics.register(registry);
    try {
      HTTPServer server =
          HTTPServer.builder()
              .inetAddress(address.getAddress())
              .port(address.getPort())
              .registry(registry)
              .buildAndStart();
      return new MetricsPage(server, address);
    } catch (IOException e) {
      throw new Conflict("metrics cannot be published on " + address + ": " + e.getMessage(), e);
    }
  }

  String url() {
    String host = address.getAddress().getHostAddress();
    return "http://"
        + (host.contains(":") ? "[" + host + "]" : host)
        + ":"
        + address.getPort()
        + "/metrics";
  }

  @Override
  public void close() {
    server.close();
  }
}
