package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.api.Disposition;
import io.kogluktualuk.computenode.programs.Program;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.EmbeddedCluster;
import io.kogluktualuk.fabric.pipeline.Envelope;
import io.kogluktualuk.fabric.pipeline.Metadata;
import io.kogluktualuk.fabric.pipeline.Output;
import io.kogluktualuk.fabric.pipeline.Pipeline;
import io.kogluktualuk.fabric.pipeline.SetAside;
import io.kogluktualuk.fabric.pipeline.Source;
import io.kogluktualuk.fabric.pipeline.Stage;
import io.kogluktualuk.fabric.pipeline.TransactionStage;
import io.kogluktualuk.fabric.pipeline.Verdict;
import io.kogluktualuk.fabric.pipeline.tcp.TcpInlet;
import io.kogluktualuk.fabric.pipeline.tcp.TcpWire;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.transaction.Transaction;
import io.kogluktualuk.fabric.units.ByteCount;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Pipelines over a real fabric, within one process: blobs held as long as they are needed,
/// programs as stages.
@Timeout(240)
final class PipelineTest {

  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final Duration LONG = Duration.ofSeconds(90);

  private static ClusterSettings small(Path folder) {
    return new ClusterSettings(folder, "127.0.0.1", 0, 1, ByteCount.mebibytes(64), 1, 2);
  }

  private static byte[] content(int length, int seed) {
    return Mutations.randomBytes(length, new SplittableRandom(seed));
  }

  @Test
  void bytesMoveOnceToWhoLooksAndAreGivenUpAtTheEnd(@TempDir Path folder) throws Exception {
    try (EmbeddedCluster cluster = EmbeddedCluster.open(small(folder));
        Fabric fabric = Fabric.connect(cluster.controls(), ClientSettings.DEFAULT);
        Pipeline pipeline = Pipeline.over(fabric, "demo", folder.resolve("aside"))) {
      TcpInlet sinkPort = TcpInlet.at("127.0.0.1", 0);
      TcpInlet halfPort = TcpInlet.at("127.0.0.1", 0);
      TcpInlet passPort = TcpInlet.at("127.0.0.1", 0);
      Map<String, Hash> seen = new ConcurrentHashMap<>();
      pipeline
          .stage("sink")
          .from(sinkPort)
          .run(
              in -> {
                seen.put(String.valueOf(in.metadata().value("i")), in.read(Hash::of));
                return List.of();
              });
      pipeline
          .stage("half")
          .from(halfPort)
          .to("sink", TcpWire.to("127.0.0.1", sinkPort.port()))
          .run(
              in ->
                  in.read(
                      bytes ->
                          List.of(
                              Output.of(
                                  bytes.asSlice(0, bytes.byteSize() / 2).toArray(BYTE),
                                  in.metadata()))));
      pipeline
          .stage("pass")
          .from(passPort)
          .to("half", TcpWire.to("127.0.0.1", halfPort.port()))
          .run(in -> List.of(in.pass()));
      Source source =
          pipeline.source("source").to("pass", TcpWire.to("127.0.0.1", passPort.port())).open();
      int[] lengths = {100, 20_000, 300_000, 6 << 20};
      int count = 40;
      for (int i = 0; i < count; i++) {
        source.send(content(lengths[i % 4], i), Metadata.of("i", "" + i), LONG);
      }
      assertTrue(source.drain(LONG), () -> pipeline.snapshots().toString());
      for (int i = 0; i < count; i++) {
        byte[] half = Arrays.copyOf(content(lengths[i % 4], i), lengths[i % 4] / 2);
        assertEquals(Hash.of(half), seen.get("" + i));
      }
      // Far more went through than the node has: it was given up as it was done.
      Await.until(
          Deadline.after(LONG),
          () -> charged(fabric) == 0,
          () -> charged(fabric) + " bytes are charged");
    }
  }

  private static long charged(Fabric fabric) {
    return Operator.of(fabric).credits().stream().mapToLong(use -> use.chargedBytes()).sum();
  }

  @Test
  void whatIsSetAsideIsKeptByARootUntilItIsForgotten(@TempDir Path folder) throws Exception {
    try (EmbeddedCluster cluster = EmbeddedCluster.open(small(folder));
        Fabric fabric = Fabric.connect(cluster.controls(), ClientSettings.DEFAULT);
        Pipeline pipeline = Pipeline.over(fabric, "demo", folder.resolve("aside"))) {
      TcpInlet port = TcpInlet.at("127.0.0.1", 0);
      Stage stage =
          pipeline
              .stage("picky")
              .from(port)
              .run(
                  in -> {
                    throw new IllegalStateException("no picture");
                  });
      List<Verdict> verdicts = new CopyOnWriteArrayList<>();
      Source source =
          pipeline
              .source("source")
              .to("picky", TcpWire.to("127.0.0.1", port.port()))
              .hearing((_, verdict) -> verdicts.add(verdict))
              .open();
      byte[] bytes = content(100_000, 1);
      source.send(bytes, Metadata.NONE, LONG);
      assertTrue(source.drain(LONG));
      source.close();
      assertEquals(Verdict.Kind.SET_ASIDE, verdicts.getFirst().kind());
      SetAside one = stage.setAside().getFirst();
      assertTrue(one.reason().contains("no picture"), one.reason());
      assertEquals(1, fabric.roots().all().size());
      assertTrue(fabric.roots().all().getFirst().name().startsWith("pipeline/demo/picky/"));
      assertArrayEquals(bytes, fabric.bytes(one.envelope().ref(), 1 << 20));
      assertTrue(stage.forget(one.envelope().id()));
      assertEquals(0, fabric.roots().all().size());
    }
  }

  @Test
  void equalInputsAreRunOnceAndAnOutputIsHadAgainFromItsEnvelope(@TempDir Path folder)
      throws Exception {
    try (EmbeddedCluster cluster = EmbeddedCluster.open(small(folder));
        Fabric fabric = Fabric.connect(cluster.controls(), ClientSettings.DEFAULT);
        Pipeline pipeline = Pipeline.over(fabric, "demo", folder.resolve("aside"))) {
      Ref namespace =
          fabric
              .trees()
              .put(Map.of("bin", fabric.trees().put(Map.of("wc", fabric.put(Program.WC.wasm())))));
      TcpInlet sinkPort = TcpInlet.at("127.0.0.1", 0);
      TcpInlet countPort = TcpInlet.at("127.0.0.1", 0);
      List<Envelope> outputs = new CopyOnWriteArrayList<>();
      List<String> texts = new CopyOnWriteArrayList<>();
      CountDownLatch lost = new CountDownLatch(1);
      AtomicInteger arrived = new AtomicInteger();
      pipeline
          .stage("sink")
          .from(sinkPort)
          .run(
              in -> {
                arrived.incrementAndGet();
                lost.await();
                texts.add(new String(in.bytes(), StandardCharsets.UTF_8));
                outputs.add(in.envelope());
                return List.of();
              });
      Stage count =
          pipeline
              .stage("count")
              .from(countPort)
              .to("sink", TcpWire.to("127.0.0.1", sinkPort.port()))
              .run(TransactionStage.of(fabric, namespace, "/in", List.of("/bin/wc", "/in"), LONG));
      Source source =
          pipeline.source("source").to("count", TcpWire.to("127.0.0.1", countPort.port())).open();
      byte[] text = "to be or not\nto be\n".repeat(3000).getBytes(StandardCharsets.UTF_8);
      source.send(text, Metadata.of("copy", "1"), LONG);
      source.send(text, Metadata.of("copy", "2"), LONG);
      Await.until(
          Deadline.after(LONG), () -> arrived.get() == 2, () -> count.snapshot().toString());
      lost.countDown();
      assertTrue(source.drain(LONG));
      Envelope first = outputs.getFirst();
      String key = String.valueOf(first.metadata().value(TransactionStage.KEY));
      assertEquals(key, outputs.getLast().metadata().value(TransactionStage.KEY));
      assertEquals(first.ref(), outputs.getLast().ref());
      assertNotEquals(first.id(), outputs.getLast().id());
      assertEquals(texts.getFirst(), texts.getLast());
      byte[] recipe = fabric.read(Hash.parse(key), bytes -> bytes.toArray(BYTE));
      Transaction equal = Transaction.decode(key, recipe);
      assertEquals(Disposition.HIT, fabric.run(equal, LONG).report().disposition());
      TransactionStage.recompute(fabric, first, LONG);
      assertArrayEquals(
          texts.getFirst().getBytes(StandardCharsets.UTF_8), fabric.bytes(first.ref(), 1 << 20));
    }
  }
}
