package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.client.operator.Patience;
import io.kogluktualuk.fabric.client.operator.RollingRestart;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.units.ByteCount;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Every node of a cluster is restarted while clients put, read, run, look up and change roots: no
/// request fails.
final class RollingRestartIT {

  private static final Patience PATIENCE = new Patience(Duration.ofMinutes(2));

  @Test
  @Timeout(600)
  void everyNodeIsRestartedAndNoRequestFails(@TempDir Path folder) throws Exception {
    ClusterSettings settings =
        ClusterSettings.of(folder.resolve("home"))
            .withControlNodes(3)
            .withMemory(3, ByteCount.mebibytes(256))
            .withCompute(2, 1);
    try (ProcessCluster cluster = ProcessCluster.of(settings).startAll();
        Fabric operator = cluster.connect();
        SteadyLoad load = SteadyLoad.start(cluster::connect)) {
      load.awaitMoreOfEach();
      RollingRestart rolling =
          new RollingRestart(Operator.of(operator), cluster::restart, PATIENCE, load::note);
      for (String name : cluster.names()) {
        rolling.run(List.of(name));
        load.awaitMoreOfEach();
      }
      load.finish();
      assertTrue(load.failures().isEmpty(), load::report);
    }
  }
}
