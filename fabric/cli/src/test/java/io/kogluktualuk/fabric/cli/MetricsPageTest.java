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
import java.nio.file.Files;
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

  /// The histograms that a put and a run move.
  private static final List<String> MOVED =
      List.of(
          "kog_control_entry_seconds{log=\"main\",node=\"control-1\"}",
          "kog_control_entry_bytes{log=\"main\",node=\"control-1\"}",
          "kog_control_entry_commands{log=\"main\",node=\"control-1\"}",
          "kog_control_sync_seconds{log=\"main\",node=\"control-1\"}",
          "kog_memory_put_seconds{node=\"memory-1\"}",
          "kog_compute_get_seconds{node=\"compute-1\"}",
          "kog_compute_put_seconds{node=\"compute-1\"}");

  private static final Path PROGRAMS = Path.of("../../computenode/programs").toAbsolutePath();

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

  private int run(CliRun kog) throws IOException {
    Files.writeString(folder.resolve("text"), "one two\nthree\n");
    Files.writeString(
        folder.resolve("ns"),
        "/bin/wc file " + PROGRAMS.resolve("wc.wasm") + "\n/text file text\n");
    return kog.run("run", "-n", "ns", "--", "/bin/wc", "/text").exit();
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
      assertEquals(0, kog.runWithInput(new byte[] {1, 2, 3}, "put", "-").exit());
      assertEquals(0, run(kog));
      String after = scrape(url);
      assertTrue(
          value(after, "kog_rpc_requests_served_total")
              > value(before, "kog_rpc_requests_served_total"));
      assertTrue(value(after, "kog_rpc_calls_total{result=\"ok\"}") > 0);
      assertTrue(value(after, "kog_rpc_connections{side=\"server\"}") > 0);
      assertTrue(value(after, "kog_rpc_credits_available{side=\"client\"}") > 0);
      assertTrue(value(after, "kog_rpc_credit_wait_seconds_bucket{le=\"+Inf\"}") >= 0);
      assertEquals(0, value(after, "kog_rpc_receiver_not_ready_total"));
      for (String moved : MOVED) {
        String count = moved.replace("{", "_count{");
        assertTrue(value(after, count) > value(before, count), () -> count + " in\n" + after);
        assertTrue(value(after, moved.replace("{", "_sum{")) > 0, moved);
      }
      for (String kind : List.of("wait", "sync")) {
        double count = value(after, "kog_memory_" + kind + "_seconds_count{node=\"memory-1\"}");
        double sum = value(after, "kog_memory_" + kind + "_seconds_sum{node=\"memory-1\"}");
        assertEquals(count > 0, sum > 0, kind);
      }
      assertEquals(0, value(after, "kog_rpc_handshake_seconds_count"));
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
