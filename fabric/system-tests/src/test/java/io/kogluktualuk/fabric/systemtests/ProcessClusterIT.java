package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.ContentStream;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.units.ByteCount;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Nodes as processes of their own: content survives the loss of any one of them.
final class ProcessClusterIT {

  private static final byte[] CONTENT = "kept".getBytes(StandardCharsets.UTF_8);

  @Test
  @Timeout(600)
  void contentOutlivesAKilledLeaderAndAPausedMemoryNode(@TempDir Path folder) throws Exception {
    try (ProcessCluster cluster = ProcessCluster.of(settings(folder)).startAll();
        Fabric fabric = cluster.connect()) {
      Ref ref = fabric.put(new ByteArrayInputStream(CONTENT));
      cluster.kill("control-1");
      assertFalse(cluster.isRunning("control-1"));
      assertArrayEquals(CONTENT, read(cluster, ref));
      cluster.start("control-1");
      cluster.awaitReady("control-1");
      cluster.stop("memory-1");
      assertArrayEquals(CONTENT, read(cluster, ref));
      cluster.start("memory-1");
      cluster.awaitReady("memory-1");
      cluster.stop("memory-2");
      assertArrayEquals(CONTENT, read(cluster, ref));
    }
  }

  @Test
  @Timeout(600)
  void aNodeBehindACutCableIsMissedAndComesBack(@TempDir Path folder) throws Exception {
    assumeTrue(Namespaces.isAvailable(), "network namespaces need root and iproute2");
    try (ProcessCluster cluster = ProcessCluster.inNamespaces(settings(folder))) {
      cluster.startAll();
      cluster.partition("control-3");
      assertTrue(cluster.isRunning("control-3"));
      cluster.heal("control-3");
      cluster.stop("control-3");
    }
  }

  private static ClusterSettings settings(Path folder) {
    return ClusterSettings.of(folder.resolve("home"))
        .withControlNodes(3)
        .withMemory(2, ByteCount.mebibytes(64))
        .withCompute(1, 1);
  }

  private static byte[] read(ProcessCluster cluster, Ref ref) throws IOException {
    try (Fabric fabric = cluster.connect();
        ContentStream stream = fabric.open(ref)) {
      return stream.readAllBytes();
    }
  }
}
