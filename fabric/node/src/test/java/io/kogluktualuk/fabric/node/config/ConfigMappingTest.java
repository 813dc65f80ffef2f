package io.kogluktualuk.fabric.node.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.Tenant;
import io.kogluktualuk.memnode.repair.RepairSettings;
import io.kogluktualuk.memnode.retention.RetentionLimits;
import io.kogluktualuk.memnode.server.KeepingSettings;
import io.kogluktualuk.memnode.server.KeySchedule;
import io.kogluktualuk.memnode.store.TierSettings;
import io.kogluktualuk.paxoslog.api.LogPeer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Each role's record: what a file with the required keys alone gives, and what every key does.
final class ConfigMappingTest {

  private static final Path BASE = Path.of("/etc/kog");
  private static final String REQUIRED = "cluster = c1, name = n1, folder = state\n";

  private static final String SHARED =
      """
      cluster = c2
      name = n2
      folder = /srv/kog
      bind = 10.0.0.7
      ports { calls = 7401 }
      control-nodes = ["10.0.0.1:7400", "host.example:7400"]
      verbs = tcp
      stop-within = 2 minutes
      tls { folder = identity }
      metrics { port = 9400, bind = 127.0.0.1 }
      log { format = json, level = debug, folder = logs, file-size = 1MiB, files = 5 }
      """;

  private static final SharedConfig SHARED_MAPPED =
      new SharedConfig(
          "c2",
          "n2",
          Path.of("/srv/kog"),
          "10.0.0.7",
          7401,
          List.of(new HostPort("10.0.0.1", 7400), new HostPort("host.example", 7400)),
          "tcp",
          Duration.ofMinutes(2),
          Path.of("/etc/kog/identity"),
          new SharedConfig.MetricsConfig("127.0.0.1", 9400),
          new LogConfig("json", "debug", Path.of("/etc/kog/logs"), ByteCount.mebibytes(1), 5));

  @Test
  void aControlNodeHasDefaults() {
    assertEquals(
        new ControlConfig(
            shared(List.of()),
            List.of(),
            false,
            1,
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofMillis(300),
            Duration.ofMillis(600),
            Duration.ofMinutes(1),
            ByteCount.mebibytes(64),
            200_000),
        read(REQUIRED + "control {}"));
  }

  @Test
  void everyKeyOfAControlNodeCounts() {
    String own =
        """
        control {
          peers = ["n2=10.0.0.7:7500", "n3=10.0.0.8:7500"]
          joining = true
          memo-shards = 4
          silent-after = 7s
          lost-after = 9s
          commit-timeout = 8s
          election-timeout-min = 100ms
          election-timeout-max = 1 s
          start-timeout = 2m
          snapshot-after-size = 1 GiB
          snapshot-after-entries = 17
        }
        """;
    assertEquals(
        new ControlConfig(
            SHARED_MAPPED,
            List.of(new LogPeer("n2", "10.0.0.7", 7500), new LogPeer("n3", "10.0.0.8", 7500)),
            true,
            4,
            Duration.ofSeconds(7),
            Duration.ofSeconds(9),
            Duration.ofSeconds(8),
            Duration.ofMillis(100),
            Duration.ofSeconds(1),
            Duration.ofMinutes(2),
            ByteCount.gibibytes(1),
            17),
        read(SHARED + own));
    assertEveryKeyIsIn(NodeRole.CONTROL, SHARED + own);
  }

  @Test
  void aMemoryNodeHasDefaults() {
    assertEquals(
        new MemoryConfig(
            shared(List.of(new HostPort("h", 1))),
            ByteCount.gibibytes(32),
            1 << 21,
            32,
            0,
            Duration.ofSeconds(1),
            List.of(),
            null,
            Duration.ofSeconds(30),
            null,
            KeepingSettings.STANDARD,
            RepairSettings.defaults(),
            KeySchedule.STANDARD),
        read(REQUIRED + "control-nodes = [\"h:1\"]\nmemory {}"));
  }

  @Test
  void everyKeyOfAMemoryNodeCounts() {
    String own =
        """
        memory {
          capacity = 64MiB, index-blobs = 1000, weight = 3, data-port = 7600
          heartbeat = 250ms
          tenants = [a, b]
          tier { folder = /dev/shm/kog, capacity = 32MiB }
          durable = always, sync-every = 200ms, scrub-rate = 0B
          window-lifetime = 40s, window-size = 32MiB
          reserve-share = 8, holds-max = 2048, leases-max = 12, credit-step = 1MiB
          read-keys { every = 1h, grace = 7s }
          repair { replicas = 3, rate = 1GiB, sweep = 20m, settle = 0s }
        }
        """;
    assertEquals(
        new MemoryConfig(
            SHARED_MAPPED,
            ByteCount.mebibytes(64),
            1000,
            3,
            7600,
            Duration.ofMillis(250),
            List.of(new Tenant("a"), new Tenant("b")),
            new TierSettings(Path.of("/dev/shm/kog"), ByteCount.mebibytes(32)),
            Duration.ofSeconds(40),
            ByteCount.mebibytes(32),
            new KeepingSettings(
                new RetentionLimits(2048, 12, 8), 1 << 20, true, Duration.ofMillis(200), 0),
            new RepairSettings(3, 1 << 30, Duration.ofMinutes(20), Duration.ZERO),
            new KeySchedule(Duration.ofHours(1), Duration.ofSeconds(7))),
        read(SHARED + own));
    assertEveryKeyIsIn(NodeRole.MEMORY, SHARED + own);
  }

  @Test
  void aComputeNodeHasDefaults() {
    assertEquals(
        new ComputeConfig(
            shared(List.of(new HostPort("h", 1))),
            null,
            null,
            null,
            null,
            256,
            Duration.ofSeconds(1),
            Duration.ofSeconds(30),
            Duration.ofSeconds(20),
            true),
        read(REQUIRED + "control-nodes = [\"h:1\"]\ncompute {}"));
  }

  @Test
  void everyKeyOfAComputeNodeCounts() {
    String own =
        "compute { slots = 4, cache = 256MiB, kept = 128MiB, pool = 32MiB,"
            + " pool-instances = 12, heartbeat = 2s, lease = 1m, answer-hold = 3s,"
            + " shared-code = false }\n";
    assertEquals(
        new ComputeConfig(
            SHARED_MAPPED,
            4,
            ByteCount.mebibytes(256),
            ByteCount.mebibytes(128),
            ByteCount.mebibytes(32),
            12,
            Duration.ofSeconds(2),
            Duration.ofMinutes(1),
            Duration.ofSeconds(3),
            false),
        read(SHARED + own));
    assertEveryKeyIsIn(NodeRole.COMPUTE, SHARED + own);
  }

  @Test
  void metricsAreOnTheNodesAddressUnlessTold() {
    NodeConfig config = read(REQUIRED + "bind = 10.1.1.1, metrics.port = 0\ncontrol {}");
    assertEquals(new SharedConfig.MetricsConfig("10.1.1.1", 0), config.shared().metrics());
    assertNull(read(REQUIRED + "control {}").shared().metrics());
  }

  private static SharedConfig shared(List<HostPort> controlNodes) {
    return new SharedConfig(
        "c1",
        "n1",
        Path.of("/etc/kog/state"),
        "127.0.0.1",
        7400,
        controlNodes,
        "auto",
        Duration.ofSeconds(30),
        null,
        null,
        new LogConfig("text", "info", Path.of("/etc/kog/state/log"), ByteCount.mebibytes(8), 3));
  }

  /// So that a new key cannot be forgotten in the full mapping.
  private static void assertEveryKeyIsIn(NodeRole role, String text) {
    String effective =
        switch (ConfigFile.parse("full", text, BASE, Map.of())) {
          case Loaded.Valid(NodeConfig _, String shown) -> shown;
          case Loaded.Invalid(List<Problem> problems) -> throw new AssertionError(problems);
        };
    for (Key<?> key : role.keys()) {
      assertTrue(
          effective
              .lines()
              .anyMatch(line -> line.startsWith(key.path() + " = ") && line.contains("# full:")),
          () -> key.path() + " is not in the full mapping:\n" + effective);
    }
  }

  private static NodeConfig read(String text) {
    return switch (ConfigFile.parse("test.conf", text, BASE, Map.of())) {
      case Loaded.Valid(NodeConfig config, String _) -> config;
      case Loaded.Invalid(List<Problem> problems) -> throw new AssertionError(problems);
    };
  }
}
