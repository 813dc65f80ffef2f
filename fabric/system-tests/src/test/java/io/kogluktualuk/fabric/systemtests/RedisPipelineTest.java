package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.node.EmbeddedCluster;
import io.kogluktualuk.fabric.pipeline.Input;
import io.kogluktualuk.fabric.pipeline.Metadata;
import io.kogluktualuk.fabric.pipeline.Output;
import io.kogluktualuk.fabric.pipeline.Pipeline;
import io.kogluktualuk.fabric.pipeline.Source;
import io.kogluktualuk.fabric.pipeline.Stage;
import io.kogluktualuk.fabric.pipeline.StageSettings;
import io.kogluktualuk.fabric.pipeline.redis.RedisWire;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.RedisServer;
import io.kogluktualuk.fabric.units.ByteCount;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A pipeline whose links are queues of a real broker, which is killed and comes back, with what it
/// had or with nothing, and whose middle stage is replaced; skipped where there is no broker.
@Timeout(240)
final class RedisPipelineTest {

  private static final Duration LONG = Duration.ofSeconds(90);
  private static final int WINDOW = 8;
  private static final int COUNT = 120;

  /// What was under way when a link broke comes twice, and greetings wait while nobody is there.
  private static final int ENTRIES_MAX = 3 * WINDOW + 16;

  private static final StageSettings SMALL = StageSettings.DEFAULT.withWindow(WINDOW, 64 << 20);

  private final Map<Hash, AtomicInteger> seen = new ConcurrentHashMap<>();
  private final CountDownLatch open = new CountDownLatch(1);

  private static byte[] content(int i) {
    int length = i % 3 == 0 ? 100 : 40_000; // some are carried
    return Mutations.randomBytes(length, new SplittableRandom(i));
  }

  private static void send(Source source, int from, int to) {
    for (int i = from; i < to; i++) {
      source.send(content(i), Metadata.of("i", "" + i), LONG);
    }
  }

  private static Stage half(Pipeline pipeline, int port) {
    return pipeline
        .stage("half")
        .from("source", RedisWire.receiver("127.0.0.1", port, "first"))
        .to("sink", RedisWire.sender("127.0.0.1", port, "second"))
        .with(SMALL)
        .run(in -> in.read(bytes -> List.of(halved(in, bytes.toArray(ValueLayout.JAVA_BYTE)))));
  }

  private static Output halved(Input in, byte[] bytes) {
    return Output.of(Arrays.copyOf(bytes, bytes.length / 2), in.metadata());
  }

  private Stage sink(Pipeline pipeline, int port) {
    return pipeline
        .stage("sink")
        .from("half", RedisWire.receiver("127.0.0.1", port, "second"))
        .with(SMALL)
        .run(
            in -> {
              int i = Integer.parseInt(String.valueOf(in.metadata().value("i")));
              if (i >= COUNT / 2) {
                open.await();
              }
              assertEquals(content(i).length / 2, in.bytes().length);
              seen.computeIfAbsent(in.envelope().id(), _ -> new AtomicInteger()).incrementAndGet();
              return List.of();
            });
  }

  private static void requireFewEntries(RedisServer broker) throws IOException {
    for (String stream : List.of("first", "second")) {
      for (String way : List.of(":forward", ":back")) {
        int entries = broker.entries(stream + way);
        assertTrue(entries <= ENTRIES_MAX, () -> stream + way + " has " + entries + " entries");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everythingIsSeenOnceAlthoughTheBrokerDies(boolean isKeeping, @TempDir Path folder)
      throws Exception {
    RedisServer broker = RedisServer.start(Files.createDirectory(folder.resolve("r")), isKeeping);
    assumeTrue(broker != null, "needs redis-server");
    assertNotNull(broker);
    ClusterSettings settings =
        new ClusterSettings(folder.resolve("c"), "127.0.0.1", 0, 1, ByteCount.mebibytes(64), 1, 1);
    try (EmbeddedCluster cluster = EmbeddedCluster.open(settings);
        Fabric fabric = Fabric.connect(cluster.controls(), ClientSettings.DEFAULT);
        Pipeline ends = Pipeline.over(fabric, "queues", folder.resolve("ends"))) {
      int port = broker.port();
      Stage sink = sink(ends, port);
      Source source =
          ends.source("source").to("half", RedisWire.sender("127.0.0.1", port, "first")).open();
      try (Pipeline doomed = Pipeline.over(fabric, "queues", folder.resolve("middle"))) {
        half(doomed, port);
        send(source, 0, COUNT / 4);
      }
      try (Pipeline successor = Pipeline.over(fabric, "queues", folder.resolve("middle"))) {
        Stage half = half(successor, port);
        send(source, COUNT / 4, COUNT / 2);
        Thread late = Thread.ofVirtual().start(() -> send(source, COUNT / 2, COUNT));
        // The sink is shut: its window fills, and everybody upstream waits.
        Await.until(
            Deadline.after(LONG),
            () -> sink.snapshot().inProgress() == WINDOW && source.snapshot().freeEnvelopes() == 0,
            () -> ends.snapshots().toString());
        requireFewEntries(broker);
        broker.close();
        Await.pause(1000);
        broker = broker.restarted();
        open.countDown();
        late.join();
        assertTrue(source.drain(LONG), () -> ends.snapshots() + "\n" + successor.snapshots());
        requireAllSeenOnce();
        requireFewEntries(broker);
        assertTrue(source.snapshot().resent() > 0, "what the broker may have lost was sent again");
        assertTrue(half.snapshot().breaks() < 300, () -> "it asked in vain: " + half.snapshot());
        assertEquals(0, sink.setAside().size() + half.setAside().size());
      }
      Await.until(
          Deadline.after(LONG),
          () -> charged(fabric) == 0,
          () -> charged(fabric) + " bytes are held");
    } finally {
      broker.close();
    }
  }

  private void requireAllSeenOnce() {
    assertEquals(COUNT, seen.size());
    assertTrue(seen.values().stream().allMatch(times -> times.get() == 1), seen::toString);
  }

  private static long charged(Fabric fabric) {
    return Operator.of(fabric).credits().stream().mapToLong(use -> use.chargedBytes()).sum();
  }
}
