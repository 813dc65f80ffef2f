package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.EmbeddedCluster;
import io.kogluktualuk.fabric.pipeline.Metadata;
import io.kogluktualuk.fabric.pipeline.Pipeline;
import io.kogluktualuk.fabric.pipeline.Source;
import io.kogluktualuk.fabric.pipeline.StagePlan;
import io.kogluktualuk.fabric.pipeline.tcp.TcpInlet;
import io.kogluktualuk.fabric.pipeline.tcp.TcpWire;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.ReadCounts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Whose word a stage takes for what it reads; what verified it is counted.
@Timeout(240)
final class PipelineDoubtTest {

  private static final Duration LONG = Duration.ofSeconds(90);

  /// Pipelines cut it into sixteen parts, the last of them short.
  private static final byte[] BYTES =
      Mutations.randomBytes((9 << 20) - 77, new SplittableRandom(5));

  private static final int CHUNKS = 16;

  private final List<Hash> seen = new CopyOnWriteArrayList<>();

  @Test
  void aStageBelievesWhoHasStoredTheBytesUnlessItDoubts(@TempDir Path folder) throws Exception {
    try (EmbeddedCluster cluster =
        EmbeddedCluster.open(
            ClusterSettings.of(folder.resolve("state"))
                .withMemory(1, ByteCount.mebibytes(64))
                .withCompute(1, 1))) {
      ReadCounts believing = countsOfReading(cluster, folder.resolve("a"), plan -> plan);
      assertEquals(CHUNKS, believing.vouched());
      ReadCounts doubting = countsOfReading(cluster, folder.resolve("b"), StagePlan::doubting);
      assertEquals(0, doubting.vouched());
      assertEquals(believing.fullVerifications() + CHUNKS, doubting.fullVerifications());
      assertEquals(List.of(Hash.of(BYTES), Hash.of(BYTES)), seen);
    }
  }

  /// Sends a value to a stage in a session of its own.
  private ReadCounts countsOfReading(
      EmbeddedCluster cluster, Path folder, UnaryOperator<StagePlan> how) throws Exception {
    try (Fabric sending = Fabric.connect(cluster.controls(), ClientSettings.DEFAULT);
        Fabric reading = Fabric.connect(cluster.controls(), ClientSettings.DEFAULT);
        Pipeline first = Pipeline.over(sending, "bytes", folder.resolve("first"));
        Pipeline second = Pipeline.over(reading, "bytes", folder.resolve("second"))) {
      TcpInlet inlet = TcpInlet.at("127.0.0.1", 0);
      how.apply(second.stage("sink").from(inlet))
          .run(
              in -> {
                seen.add(in.read(Hash::of));
                return List.of();
              });
      Source source =
          first.source("source").to("sink", TcpWire.to("127.0.0.1", inlet.port())).open();
      source.send(BYTES, Metadata.NONE, LONG);
      assertTrue(source.drain(LONG), () -> second.snapshots().toString());
      return assertInstanceOf(FabricBlobs.class, Operator.of(reading).blobs()).counts();
    }
  }
}
