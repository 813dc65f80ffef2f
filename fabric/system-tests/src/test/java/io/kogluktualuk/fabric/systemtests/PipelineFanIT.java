package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.EmbeddedCluster;
import io.kogluktualuk.fabric.pipeline.Metadata;
import io.kogluktualuk.fabric.pipeline.Pipeline;
import io.kogluktualuk.fabric.pipeline.Source;
import io.kogluktualuk.fabric.pipeline.SourcePlan;
import io.kogluktualuk.fabric.pipeline.Verdict;
import io.kogluktualuk.fabric.pipeline.tcp.TcpInlet;
import io.kogluktualuk.fabric.pipeline.tcp.TcpWire;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.ChildJvm;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.units.ByteCount;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two branches in processes of their own, and one sink for both; one branch is killed and comes
/// back. Nothing is lost or seen twice, the source hears once of each, and nothing stays held.
@Timeout(300)
final class PipelineFanIT {

  private static final Duration LONG = Duration.ofSeconds(120);
  private static final int COUNT = 80;

  private final Map<Hash, AtomicInteger> seen = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> times = new ConcurrentHashMap<>();
  private final Map<Hash, List<Verdict>> ends = new ConcurrentHashMap<>();

  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0)) {
      return any.getLocalPort();
    }
  }

  private static void send(Source source, int from, int to) {
    for (int i = from; i < to; i++) {
      byte[] content = Mutations.randomBytes(50_000, new SplittableRandom(i));
      source.send(content, Metadata.of("i", "" + i), LONG);
    }
  }

  private static ChildJvm start(String[] arguments) throws IOException {
    ChildJvm child = ChildJvm.start(PipelineIT.Halving.class, arguments);
    assertEquals("ready", child.line());
    return child;
  }

  private void sink(Pipeline pipeline, TcpInlet port) {
    pipeline
        .stage("sink")
        .from(port)
        .run(
            in -> {
              assertEquals(25_000, in.bytes().length);
              seen.computeIfAbsent(in.envelope().id(), _ -> new AtomicInteger()).incrementAndGet();
              times
                  .computeIfAbsent("" + in.metadata().value("i"), _ -> new AtomicInteger())
                  .incrementAndGet();
              return List.of();
            });
  }

  private Source source(Pipeline pipeline, boolean isCopied, int left, int right) {
    SourcePlan plan =
        pipeline
            .source("source")
            .to("left", TcpWire.to("127.0.0.1", left))
            .to("right", TcpWire.to("127.0.0.1", right))
            .hearing(
                (envelope, verdict) ->
                    ends.computeIfAbsent(envelope.id(), _ -> new CopyOnWriteArrayList<>())
                        .add(verdict));
    return (isCopied ? plan : plan.choosing(each -> "" + each.metadata().value("i"))).open();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBranchThatIsKilledLosesNothing(boolean isCopied, @TempDir Path folder) throws Exception {
    ClusterSettings settings =
        new ClusterSettings(folder, "127.0.0.1", 0, 1, ByteCount.mebibytes(128), 1, 1);
    try (EmbeddedCluster cluster = EmbeddedCluster.open(settings);
        Fabric fabric = Fabric.connect(cluster.controls(), ClientSettings.DEFAULT);
        Pipeline pipeline = Pipeline.over(fabric, "fan", folder.resolve("aside"))) {
      TcpInlet sinkPort = TcpInlet.at("127.0.0.1", 0);
      sink(pipeline, sinkPort);
      int left = freePort();
      int right = freePort();
      Source source = source(pipeline, isCopied, left, right);
      String control = "" + cluster.control().getPort();
      String sink = "" + sinkPort.port();
      String[] stays = {control, "" + left, sink, "" + folder.resolve("left"), "left"};
      String[] dies = {control, "" + right, sink, "" + folder.resolve("right"), "right"};
      try (ChildJvm _ = start(stays)) {
        ChildJvm doomed = start(dies);
        send(source, 0, COUNT / 2);
        doomed.kill();
        try (ChildJvm _ = start(dies)) {
          send(source, COUNT / 2, COUNT);
          assertTrue(source.drain(LONG), () -> pipeline.snapshots().toString());
        }
      }
      requireAllOnce(isCopied ? 2 : 1);
      assertEquals(0, source.setAside().size());
      Await.until(
          Deadline.after(LONG),
          () -> source.snapshot().heldBytes() == 0,
          () -> source.snapshot().toString());
    }
  }

  private void requireAllOnce(int copies) {
    assertEquals(COUNT * copies, seen.size());
    assertTrue(seen.values().stream().allMatch(count -> count.get() == 1), seen::toString);
    assertEquals(COUNT, times.size());
    assertTrue(times.values().stream().allMatch(count -> count.get() == copies), times::toString);
    assertEquals(COUNT, ends.size());
    assertTrue(
        ends.values().stream().allMatch(each -> each.equals(List.of(Verdict.DONE))),
        ends::toString);
  }
}
