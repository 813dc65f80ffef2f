package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.Hold;
import io.kogluktualuk.fabric.client.PutOptions;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.EmbeddedCluster;
import io.kogluktualuk.fabric.pipeline.Metadata;
import io.kogluktualuk.fabric.pipeline.Pipeline;
import io.kogluktualuk.fabric.pipeline.Source;
import io.kogluktualuk.fabric.pipeline.Stage;
import io.kogluktualuk.fabric.pipeline.tcp.TcpInlet;
import io.kogluktualuk.fabric.pipeline.tcp.TcpWire;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.ChildJvm;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.units.ByteCount;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A source in a process of its own that is killed for good, while stages sleep on its envelopes
/// for longer than its lease lasts, and the memory node evicts what nobody holds.
@Timeout(300)
final class PipelineAdoptionIT {

  private static final Duration LONG = Duration.ofSeconds(120);
  private static final Duration LEASE = Duration.ofSeconds(12);
  private static final int ENVELOPES = 20;
  private static final int LENGTH = 300_000;
  private static final int MEMORY_MEBIBYTES = 64;

  /// Sends its envelopes, and holds one more value, of which only the test hears.
  static final class Doomed {

    private Doomed() {}

    /// @param args control port, port of the next stage, folder
    public static void main(String[] args) throws Exception {
      InetSocketAddress control = new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0]));
      ClientSettings settings = ClientSettings.DEFAULT.withLease(LEASE);
      try (Fabric fabric = Fabric.connect(control, settings);
          Pipeline pipeline = Pipeline.over(fabric, "doomed", Path.of(args[2]));
          Hold hold = fabric.hold()) {
        Ref canary = fabric.put(content(-1), PutOptions.passing().heldBy(hold));
        Source source =
            pipeline
                .source("source")
                .to("pass", TcpWire.to("127.0.0.1", Integer.parseInt(args[1])))
                .open();
        for (int i = 0; i < ENVELOPES; i++) {
          source.send(content(i), Metadata.of("i", "" + i), LONG);
        }
        System.out.println(canary.hash());
        while (System.in.read() >= 0) {
          // until it is killed
        }
      }
    }
  }

  private static byte[] content(int i) {
    return Mutations.randomBytes(LENGTH, new SplittableRandom(i));
  }

  @Test
  void whatAStageHasUnderWayOutlivesWhoHasPutIt(@TempDir Path folder) throws Exception {
    ClusterSettings settings =
        new ClusterSettings(folder, "127.0.0.1", 0, 1, ByteCount.mebibytes(MEMORY_MEBIBYTES), 1, 1);
    try (EmbeddedCluster cluster = EmbeddedCluster.open(settings);
        Fabric fabric = Fabric.connect(cluster.controls(), ClientSettings.DEFAULT);
        Pipeline pipeline = Pipeline.over(fabric, "doomed", folder.resolve("aside"))) {
      TcpInlet sinkPort = TcpInlet.at("127.0.0.1", 0);
      TcpInlet passPort = TcpInlet.at("127.0.0.1", 0);
      CountDownLatch mayLook = new CountDownLatch(1);
      Map<String, Hash> seen = new ConcurrentHashMap<>();
      Stage sink =
          pipeline
              .stage("sink")
              .from(sinkPort)
              .run(
                  in -> {
                    mayLook.await();
                    seen.put(String.valueOf(in.metadata().value("i")), in.read(Hash::of));
                    return List.of();
                  });
      Stage pass =
          pipeline
              .stage("pass")
              .from(passPort)
              .to("sink", TcpWire.to("127.0.0.1", sinkPort.port()))
              .run(in -> List.of(in.pass()));
      try (ChildJvm source =
          ChildJvm.start(
              Doomed.class,
              "" + cluster.control().getPort(),
              "" + passPort.port(),
              "" + folder.resolve("doomed"))) {
        Hash canary = Hash.parse(source.line());
        Await.until(
            Deadline.after(LONG),
            () -> sink.snapshot().inProgress() == ENVELOPES,
            () -> pipeline.snapshots().toString());
        source.kill();
        evict(cluster, fabric, canary);
      }
      mayLook.countDown();
      Await.until(
          Deadline.after(LONG),
          () -> pass.snapshot().done() == ENVELOPES,
          () -> pipeline.snapshots().toString());
      for (int i = 0; i < ENVELOPES; i++) {
        assertEquals(Hash.of(content(i)), seen.get("" + i));
      }
      assertEquals(ENVELOPES, pass.snapshot().adopted());
      assertEquals(0, sink.snapshot().adopted(), "its own upstream lives");
      assertEquals(0, pass.snapshot().orphaned() + sink.snapshot().orphaned());
      assertEquals(0, sink.snapshot().failures());
      Await.until(
          Deadline.after(LONG), () -> charged(fabric) == 0, () -> charged(fabric) + " charged");
    }
  }

  /// Fills the memory node with what is worth more than anything that passes, until it has let go
  /// of what only the dead one held.
  private static void evict(EmbeddedCluster cluster, Fabric fabric, Hash canary) throws Exception {
    SplittableRandom random = new SplittableRandom(99);
    PutOptions dear = PutOptions.derived(Duration.ofHours(1));
    Await.until(
        Deadline.after(LONG),
        () -> {
          Await.pause(500);
          for (int i = 0; i < MEMORY_MEBIBYTES; i++) {
            fabric.put(Mutations.randomBytes(1 << 20, random), dear);
          }
          return !isThere(cluster, canary);
        },
        () -> "what the dead one held is still there");
  }

  /// Somebody looks who remembers no place.
  private static boolean isThere(EmbeddedCluster cluster, Hash hash) {
    try (Fabric stranger = Fabric.connect(cluster.controls(), ClientSettings.DEFAULT)) {
      return stranger.read(hash, bytes -> bytes.byteSize() == LENGTH);
    } catch (NotFound e) {
      return false;
    }
  }

  private static long charged(Fabric fabric) {
    return Operator.of(fabric).credits().stream().mapToLong(use -> use.chargedBytes()).sum();
  }
}
