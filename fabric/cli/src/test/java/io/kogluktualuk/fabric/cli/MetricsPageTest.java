package io.kogluktualuk.fabric.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.node.NodePages;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Metrics, scraped as Prometheus does.
@Timeout(120)
class MetricsPageTest {

  private static final InetAddress HOST = InetAddress.getLoopbackAddress();

  private final Path folder;

  MetricsPageTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, HOST)) {
      return socket.getLocalPort();
    }
  }

  private static String scrape(String url) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      var answer =
          client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
      assertEquals(200, answer.statusCode());
      return answer.body();
    }
  }

  private static double value(String page, String series) {
    Optional<String> line = page.lines().filter(l -> l.startsWith(series + " ")).findFirst();
    assertTrue(line.isPresent(), page);
    return Double.parseDouble(line.get().substring(series.length() + 1));
  }

  @Test
  void aClusterPublishesWhatItsControlCallsDo() throws Exception {
    CliRun kog = new CliRun(folder);
    int port = freePort();
    CliRun.Result up =
        kog.run(
            "up",
            "--detach",
            "--metrics-port",
            Integer.toString(port),
            "--memory-nodes",
            "1",
            "--memory",
            "64MiB",
            "--compute-nodes",
            "1");
    assertEquals(0, up.exit(), up.err());
    try {
      String url = "http://127.0.0.1:" + port + "/metrics";
      String before = scrape(url);
      assertEquals(0, kog.run("status").exit());
      String after = scrape(url);
      assertTrue(
          value(after, "kog_rpc_requests_served_total")
              > value(before, "kog_rpc_requests_served_total"));
      assertTrue(value(after, "kog_rpc_calls_total{result=\"ok\"}") > 0);
      assertTrue(value(after, "kog_rpc_connections{side=\"server\"}") > 0);
      assertTrue(value(after, "kog_rpc_credits_available{side=\"client\"}") > 0);
      assertTrue(value(after, "kog_rpc_credit_wait_seconds_bucket{le=\"+Inf\"}") >= 0);
      assertEquals(0, value(after, "kog_rpc_receiver_not_ready_total"));
      assertEquals(1, value(after, "kog_node_ready{node=\"memory-1\"}"));
      assertEquals(64 << 20, value(after, "kog_memory_capacity_bytes{node=\"memory-1\"}"));
      assertEquals(1, value(after, "kog_control_is_leader{node=\"control-1\"}"));
      assertTrue(value(after, "kog_compute_slots{node=\"compute-1\"}") >= 1);
      assertEquals("{\"live\":true}\n", scrape(url.replace("/metrics", "/live")));
      String ready = scrape(url.replace("/metrics", "/ready"));
      assertTrue(ready.startsWith("{\"ready\":true,\"checks\":[{\"node\":\"control-1\""), ready);
    } finally {
      assertEquals(0, kog.run("down").exit());
    }
  }

  @Test
  void aPortInUseOrNoneIsSaid() throws IOException {
    var address = new InetSocketAddress(HOST, freePort());
    try (NodePages pages = NodePages.open(address, List::of)) {
      assertEquals("http://127.0.0.1:" + address.getPort(), pages.url());
      assertThrows(Conflict.class, () -> NodePages.open(address, List::of));
    }
    assertEquals(2, new CliRun(folder).run("up", "--metrics-port", "70000").exit());
  }
}
