package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.programs.Program;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.PutOptions;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.EmbeddedCluster;
import io.kogluktualuk.fabric.pipeline.Envelope;
import io.kogluktualuk.fabric.pipeline.Inlet;
import io.kogluktualuk.fabric.pipeline.Metadata;
import io.kogluktualuk.fabric.pipeline.Pipeline;
import io.kogluktualuk.fabric.pipeline.Source;
import io.kogluktualuk.fabric.pipeline.Stage;
import io.kogluktualuk.fabric.pipeline.TransactionStage;
import io.kogluktualuk.fabric.pipeline.tcp.TcpInlet;
import io.kogluktualuk.fabric.pipeline.tcp.TcpWire;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.units.ByteCount;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Outputs of programs that the memory node has let go of, and that come back.
@Timeout(600)
final class PipelineLossTest {

  private static final Duration LONG = Duration.ofSeconds(90);
  private static final int MEMORY_MEBIBYTES = 64;

  private final RandomGenerator random = new SplittableRandom(7);
  private final Path folder;
  private final EmbeddedCluster cluster;
  private final List<Envelope> seen = new CopyOnWriteArrayList<>();
  private final List<byte[]> contents = new CopyOnWriteArrayList<>();
  private final CountDownLatch sinkMayLook = new CountDownLatch(1);

  PipelineLossTest(@TempDir Path folder) {
    this.folder = folder;
    this.cluster =
        EmbeddedCluster.open(
            ClusterSettings.of(folder.resolve("state"))
                .withMemory(1, ByteCount.mebibytes(MEMORY_MEBIBYTES))
                .withCompute(1, 2)
                .withAnswerHold(Duration.ofSeconds(1)));
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  private Fabric connect() {
    return Fabric.connect(cluster.controls(), ClientSettings.DEFAULT);
  }

  private Pipeline pipeline(Fabric fabric, String place, PutOptions storing) {
    return Pipeline.over(fabric, "lines", folder.resolve(place), storing);
  }

  /// Lines that are not in order, 2.2 MB of them: one blob, and far from tiny.
  private byte[] lines() {
    return IntStream.range(0, 200_000)
        .mapToObj(i -> "%010d\n".formatted(random.nextInt(1 << 30)))
        .collect(Collectors.joining())
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] sorted(byte[] lines) {
    return new String(lines, StandardCharsets.UTF_8)
        .lines()
        .sorted()
        .map(line -> line + "\n")
        .collect(Collectors.joining())
        .getBytes(StandardCharsets.UTF_8);
  }

  private Stage sink(Pipeline pipeline, Inlet inlet) {
    return pipeline
        .stage("sink")
        .from(inlet)
        .run(
            in -> {
              seen.add(in.envelope());
              sinkMayLook.await();
              contents.add(in.bytes());
              return List.of();
            });
  }

  private static Stage sorter(Fabric fabric, Pipeline pipeline, Inlet inlet, TcpInlet sink) {
    Ref namespace = fabric.trees().put(Map.of("bin/sort", fabric.put(Program.SORT.wasm())));
    List<String> argv = List.of("/bin/sort", "/in");
    return pipeline
        .stage("sort")
        .from(inlet)
        .to("sink", TcpWire.to("127.0.0.1", sink.port()))
        .run(TransactionStage.of(fabric, namespace, "/in", argv, LONG));
  }

  /// Fills the memory node with what is worth more than anything, until it has let go of a value:
  /// a compute node holds what it has answered for one to two seconds here.
  private void evict(Fabric fabric, Ref ref) throws InterruptedException {
    fill(fabric, MEMORY_MEBIBYTES);
    Await.until(
        Deadline.after(LONG.multipliedBy(2)),
        () -> {
          fill(fabric, MEMORY_MEBIBYTES / 4);
          return !isThere(ref);
        },
        () -> ref + " is still there");
    try (Fabric stranger = connect()) {
      assertThrows(NotFound.class, () -> read(stranger, ref));
    }
  }

  private void fill(Fabric fabric, int mebibytes) {
    PutOptions dear = PutOptions.derived(Duration.ofHours(1));
    for (int i = 0; i < mebibytes; i++) {
      fabric.put(Mutations.randomBytes(1 << 20, random), dear);
    }
  }

  /// Somebody looks who remembers no place.
  private boolean isThere(Ref ref) {
    try (Fabric stranger = connect()) {
      return read(stranger, ref).length == ref.length();
    } catch (NotFound e) {
      return false;
    }
  }

  private static byte[] read(Fabric fabric, Ref ref) {
    return fabric.read(ref.hash(), bytes -> bytes.toArray(ValueLayout.JAVA_BYTE));
  }

  /// Sends lines through a pipeline to its end, after which nobody holds anything.
  private Envelope sortedBefore(Fabric fabric, byte[] lines) throws Exception {
    sinkMayLook.countDown();
    try (Pipeline pipeline = pipeline(fabric, "all", PutOptions.source())) {
      TcpInlet sinkPort = TcpInlet.at("127.0.0.1", 0);
      TcpInlet sortPort = TcpInlet.at("127.0.0.1", 0);
      sink(pipeline, sinkPort);
      sorter(fabric, pipeline, sortPort, sinkPort);
      Source source =
          pipeline.source("source").to("sort", TcpWire.to("127.0.0.1", sortPort.port())).open();
      source.send(lines, Metadata.NONE, LONG);
      assertTrue(source.drain(LONG), () -> pipeline.snapshots().toString());
    }
    Envelope envelope = seen.getFirst();
    assertEquals(Kind.BLOB, envelope.ref().kind());
    assertArrayEquals(sorted(lines), contents.getFirst());
    return envelope;
  }

  @Test
  void anOutputThatIsGoneIsHadAgainFromItsEnvelopeAlone() throws Exception {
    byte[] lines = lines();
    try (Fabric fabric = connect()) {
      Envelope envelope = sortedBefore(fabric, lines);
      evict(fabric, envelope.ref());
      try (Fabric stranger = connect()) {
        TransactionStage.recompute(stranger, envelope, LONG);
        assertArrayEquals(sorted(lines), read(stranger, envelope.ref()));
      }
    }
  }

  /// The stage that has made the output dies, so nobody holds it. The one downstream, which has
  /// its envelope already, goes on all the same, and knows it when the successor sends it again.
  @Test
  void aStageWhoseInputIsGoneHasItComputedAgain() throws Exception {
    byte[] lines = lines();
    try (Fabric fabric = connect();
        Pipeline ends = pipeline(fabric, "ends", PutOptions.passing())) {
      TcpInlet sinkPort = TcpInlet.at("127.0.0.1", 0);
      Stage sink = sink(ends, sinkPort);
      TcpInlet sortPort = TcpInlet.at("127.0.0.1", 0);
      Source source =
          ends.source("source").to("sort", TcpWire.to("127.0.0.1", sortPort.port())).open();
      try (Fabric other = connect();
          Pipeline middle = pipeline(other, "middle", PutOptions.passing())) {
        sorter(other, middle, sortPort, sinkPort);
        source.send(lines, Metadata.NONE, LONG);
        Await.until(
            Deadline.after(LONG), () -> !seen.isEmpty(), () -> middle.snapshots().toString());
      }
      Ref output = seen.getFirst().ref();
      evict(fabric, output);
      sinkMayLook.countDown();
      Await.until(
          Deadline.after(LONG), () -> !contents.isEmpty(), () -> sink.snapshot().toString());
      assertArrayEquals(sorted(lines), contents.getFirst());
      assertEquals(1, sink.snapshot().recomputed());
      assertEquals(0, sink.snapshot().failures());
      try (Fabric other = connect();
          Pipeline successor = pipeline(other, "successor", PutOptions.passing())) {
        sorter(other, successor, TcpInlet.at("127.0.0.1", sortPort.port()), sinkPort);
        assertTrue(source.drain(LONG), () -> ends.snapshots().toString());
      }
      assertEquals(1, contents.size(), "it was done once");
    }
  }
}
