package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.Root;
import io.kogluktualuk.fabric.client.RootNews;
import io.kogluktualuk.fabric.client.RootWatch;
import io.kogluktualuk.fabric.client.RunResult;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.client.operator.RootChange;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Transaction;
import io.kogluktualuk.fabric.units.ByteCount;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The node that leads the control plane is killed in the midst of an application's calls: they
/// are made again, and take effect once. When there is no majority any more, what could be done
/// without one is done, and the rest says that it may pass.
@Timeout(600)
final class ClientFailoverIT {

  private static final String COUNTER = "failover/counter";
  private static final Duration LONG = Duration.ofMinutes(3);
  private static final Duration SHORT = Duration.ofSeconds(5);
  private static final int ROUNDS = 8;

  /// Some seconds of a loop: it ends when its fuel does.
  private static final Limits SECONDS = new Limits(10_000_000_000L, 64L << 20, 1L << 20);

  private final CountDownLatch started = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private int changes;
  private long revision;

  @Test
  void callsSurviveWhoeverLeads(@TempDir Path folder) throws Exception {
    try (ProcessCluster cluster =
            ProcessCluster.of(
                    ClusterSettings.of(folder.resolve("home"))
                        .withControlNodes(3)
                        .withMemory(2, ByteCount.mebibytes(64))
                        .withCompute(1, 1))
                .startAll();
        Fabric fabric = cluster.connect();
        RootWatch watch = fabric.roots().watch(COUNTER)) {
      count(fabric);
      CompletableFuture<RunResult> run =
          fabric.runAsync(loop(fabric), LONG, (_, _) -> started.countDown());
      Halted source = new Halted(goOn);
      CompletableFuture<Ref> put = CompletableFuture.supplyAsync(() -> put(fabric, source));
      assertTrue(started.await(1, TimeUnit.MINUTES), "the run does not begin");
      assertTrue(source.isHalfway.await(1, TimeUnit.MINUTES), "the put does not begin");
      String leader = leader(fabric);
      cluster.kill(leader);
      count(fabric); // nobody leads for a moment
      goOn.countDown();
      Ref stored = put.get(LONG.toSeconds(), TimeUnit.SECONDS);
      assertArrayEquals(source.bytes, fabric.bytes(stored, source.bytes.length));
      Ending ending = run.get(LONG.toSeconds(), TimeUnit.SECONDS).outcome().ending();
      assertTrue(ending instanceof Ending.Trapped, ending.toString());
      hears(watch, revision);
      assertNotEquals(leader, leader(fabric));
      List<RootChange> log = new ArrayList<>();
      Operator.of(fabric).readRootLog(COUNTER, log::add);
      assertEquals(changes, log.size(), "each change has taken effect once");
      withoutMajority(cluster, fabric, stored, leader);
      hears(watch, Objects.requireNonNull(fabric.roots().get(COUNTER)).revision());
    }
  }

  /// One writer: a conflict would be with itself.
  private void count(Fabric fabric) {
    for (int i = 0; i < ROUNDS; i++) {
      revision = fabric.roots().compareAndSet(COUNTER, revision, fabric.put(number(changes)));
      changes++;
    }
  }

  private static byte[] number(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  private static Transaction loop(Fabric fabric) {
    Ref program = fabric.put(LoopingGuest.wasm());
    return Transaction.of(
        fabric.trees().put(Map.of("bin/loop", program)), List.of("/bin/loop"), SECONDS);
  }

  private static Ref put(Fabric fabric, Halted source) {
    try {
      return fabric.put(source);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String leader(Fabric fabric) {
    return Operator.of(fabric).plane().groups().getFirst().leader();
  }

  private static void hears(RootWatch watch, long expected) {
    RootNews news = watch.next();
    while (news.revision() != expected) {
      assertTrue(news.revision() < expected, "heard of " + news + ", expected " + expected);
      news = watch.next();
    }
  }

  /// Two of three are dead.
  private void withoutMajority(ProcessCluster cluster, Fabric fabric, Ref stored, String dead)
      throws InterruptedException {
    String next = leader(fabric);
    cluster.kill(next);
    Ref last = fabric.put(number(-1));
    assertEquals(4, fabric.within(LONG).bytes(last, 4).length);
    assertTrue(fabric.bytes(stored, Halted.LENGTH).length == Halted.LENGTH);
    FabricException open =
        assertThrows(
            FabricException.class,
            () -> fabric.within(SHORT).roots().compareAndSet(COUNTER, revision, last));
    assertEquals(FabricException.Category.RETRY, open.category(), open.toString());
    cluster.start(dead);
    cluster.start(next);
    cluster.awaitReady(dead);
    cluster.awaitReady(next);
    try {
      revision = fabric.roots().compareAndSet(COUNTER, revision, last);
    } catch (Conflict e) {
      // It was agreed on after all: then it is what the root names.
    }
    Root now = Objects.requireNonNull(fabric.roots().get(COUNTER));
    assertEquals(last, now.ref());
  }

  /// Gives the first half, then nothing until it is told.
  private static final class Halted extends java.io.InputStream {
    static final int LENGTH = 20 << 20;

    final byte[] bytes = new byte[LENGTH];
    final CountDownLatch isHalfway = new CountDownLatch(1);
    private final CountDownLatch goOn;
    private int position;

    Halted(CountDownLatch goOn) {
      this.goOn = goOn;
      new Random(3).nextBytes(bytes);
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException("one by one");
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (position == LENGTH / 2) {
        isHalfway.countDown();
        try {
          goOn.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
      int end = position < LENGTH / 2 ? LENGTH / 2 : LENGTH;
      int part = Math.min(length, end - position);
      System.arraycopy(bytes, position, target, offset, part);
      position += part;
      return part == 0 ? -1 : part;
    }
  }
}
