package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.ContentStream;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.units.ByteCount;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What an operator does with nodes that are processes of their own, by commands, while clients
/// work.
@Timeout(600)
final class OperationsIT {

  private static final int BYTES = 50_000;
  private static final int CONTENTS = 24;
  private static final int CONFLICT = 7;
  private static final Duration SOON = Duration.ofMinutes(3);

  @TempDir private Path folder = Path.of("unset");

  private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");

  private Map<Ref, byte[]> put(Fabric fabric) throws IOException {
    Map<Ref, byte[]> contents = new LinkedHashMap<>();
    for (int i = 0; i < CONTENTS; i++) {
      byte[] bytes = Mutations.randomBytes(BYTES, random);
      contents.put(fabric.put(new ByteArrayInputStream(bytes)), bytes);
    }
    return contents;
  }

  private static void requireAll(ProcessCluster cluster, Map<Ref, byte[]> contents)
      throws IOException {
    try (Fabric fabric = cluster.connect()) {
      for (Map.Entry<Ref, byte[]> each : contents.entrySet()) {
        try (ContentStream stream = fabric.open(each.getKey())) {
          assertArrayEquals(each.getValue(), stream.readAllBytes());
        }
      }
    }
  }

  @Test
  void aMemoryNodeLeavesUnderLoadAndAnotherTakesItsShare() throws Exception {
    ClusterSettings settings =
        ClusterSettings.of(folder.resolve("home"))
            .withMemory(3, ByteCount.mebibytes(128))
            .withCompute(1, 1);
    try (ProcessCluster cluster = ProcessCluster.of(settings).startAll();
        Fabric fabric = cluster.connect()) {
      Map<Ref, byte[]> contents = put(fabric);
      try (SteadyLoad load = SteadyLoad.start(cluster::connect)) {
        load.awaitMoreOfEach();
        leaves(cluster, load);
        load.awaitMoreOfEach();
        joins(cluster, fabric, load);
        load.awaitMoreOfEach();
        load.finish();
        assertEquals(List.of(), load.failures(), load::report);
      }
      requireAll(cluster, contents);
    }
  }

  private void leaves(ProcessCluster cluster, SteadyLoad load) throws Exception {
    ClusterCommands kog = new ClusterCommands(cluster, folder);
    kog.run("forget", "memory-3").failsWith(CONFLICT, "drain it");
    load.note("drain");
    kog.run("drain", "memory-3", "--wait").succeeds();
    kog.run("forget", "memory-3").failsWith(CONFLICT, "stop it first");
    load.note("drained");
    cluster.stop("memory-3");
    load.note("stopped");
    Await.until(
        Deadline.after(SOON),
        () -> kog.run("forget", "memory-3").exit() == 0,
        () -> "memory-3 cannot be forgotten");
    load.note("forgotten");
  }

  private static void joins(ProcessCluster cluster, Fabric fabric, SteadyLoad load)
      throws Exception {
    cluster.plan().memory("memory-4");
    cluster.start("memory-4");
    cluster.awaitReady("memory-4");
    load.note("memory-4 is ready");
    Await.until(
        Deadline.after(SOON),
        () ->
            Operator.of(fabric).member("memory-4").load().usedBytes() > (long) BYTES * CONTENTS / 4,
        () -> "memory-4 does not get its share: " + Operator.of(fabric).member("memory-4"));
    load.note("memory-4 has its share");
  }
}
