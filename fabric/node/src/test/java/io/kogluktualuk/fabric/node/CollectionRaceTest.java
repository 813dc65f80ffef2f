package io.kogluktualuk.fabric.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.CollectionReport;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.Fate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Collections without any grace, one after the other, while others put values and name them: what
/// has been named is there, in full, always.
@Timeout(240)
class CollectionRaceTest {

  private static final int WRITERS = 3;
  private static final int ROUNDS = 40;

  /// Names what it puts, and checks all that it has named.
  private static int work(Path home, int writer, RandomGenerator random) throws IOException {
    int refused = 0;
    try (Fabric fabric = Fabric.connect(home, ClientSettings.DEFAULT)) {
      Map<Integer, byte[]> named = new HashMap<>();
      Map<Integer, Ref> refs = new HashMap<>();
      for (int round = 0; round < ROUNDS; round++) {
        int key = random.nextInt(4);
        byte[] bytes = Mutations.randomBytes(random.nextInt(1, 300_000), random);
        Ref ref = fabric.put(new ByteArrayInputStream(bytes));
        try {
          fabric.roots().set("writer/" + writer + "/" + key, ref);
          named.put(key, bytes);
          refs.put(key, ref);
        } catch (NotFound e) {
          refused++; // collected before it was named: it was not named
        }
        for (Map.Entry<Integer, Ref> each : refs.entrySet()) {
          byte[] expected = named.get(each.getKey());
          assertArrayEquals(expected, fabric.open(each.getValue()).readAllBytes());
        }
      }
    }
    return refused;
  }

  @Test
  void whatIsNamedStays(@TempDir Path home) {
    Seeds.run(CollectionRaceTest.class, 1, random -> run(home, random));
  }

  private static void run(Path home, RandomGenerator random) throws Exception {
    ClusterSettings settings =
        ClusterSettings.of(home).withMemory(2, ByteCount.mebibytes(256)).withCompute(1, 1);
    AtomicBoolean isOver = new AtomicBoolean();
    try (EmbeddedCluster cluster = EmbeddedCluster.open(settings);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      assertTrue(cluster.nodes().size() >= 4);
      List<Future<Integer>> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        int writer = i;
        RandomGenerator own =
            RandomGeneratorFactory.of("L64X128MixRandom").create(random.nextLong());
        writers.add(threads.submit(() -> work(home, writer, own)));
      }
      Future<Long> collected = threads.submit(() -> collect(home, isOver));
      int refused = 0;
      for (Future<Integer> each : writers) {
        refused += each.get(200, TimeUnit.SECONDS);
      }
      isOver.set(true);
      long blobs = collected.get(60, TimeUnit.SECONDS);
      assertTrue(refused < WRITERS * ROUNDS, "nothing could be named");
      System.out.println(blobs + " blobs collected, " + refused + " values before their names");
    }
  }

  private static long collect(Path home, AtomicBoolean isOver) {
    long collected = 0;
    try (Fabric fabric = Fabric.connect(home, ClientSettings.DEFAULT)) {
      while (!isOver.get()) {
        try {
          CollectionReport report = Operator.of(fabric).collect(Duration.ZERO, null, false);
          assertEquals(List.of(), report.missing());
          collected += report.sum(Fate.COLLECT).blobs();
        } catch (Conflict e) {
          // Nobody else collects, but a name that is set may be ahead.
        }
      }
    }
    return collected;
  }
}
