package io.kogluktualuk.fabric.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.controlplane.api.Accounts;
import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.ControlMethods;
import io.kogluktualuk.controlplane.api.Maybe;
import io.kogluktualuk.controlplane.server.ControlServer;
import io.kogluktualuk.controlplane.server.ControlSettings;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.server.MemoryServer;
import io.kogluktualuk.memnode.server.MemorySettings;
import io.kogluktualuk.rdma.transport.rpc.RpcClient;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A slow consumer holds back a fast producer through three stages.
///
/// producer → first → second → sink, each with a lease and an account of its own; they hand over
/// hashes in queues of a few places, and the payload as transient blobs. A stage of a pipeline
/// needs an account of its own: if all shared one, a fast producer could leave the stage behind
/// it no credits to make progress with.
@Timeout(240)
class BackpressureTest {

  private static final int BLOBS = 300;
  private static final int BLOB_BYTES = 512 << 10;
  private static final long LIMIT = 16L << 20;
  private static final int QUEUE = 4;

  private final Path folder;
  private final AtomicInteger produced = new AtomicInteger();
  private final AtomicInteger arrived = new AtomicInteger();
  private final Semaphore pace = new Semaphore(0);

  BackpressureTest(@TempDir Path folder) {
    this.folder = folder;
  }

  /// What stage `hops` makes of the number `number`.
  private static Blob blob(int number, int hops) {
    byte[] bytes = new byte[BLOB_BYTES];
    ByteBuffer.wrap(bytes).putInt(number).putInt(hops);
    return Blob.of(bytes);
  }

  private void produce(StagePeer self, BlockingQueue<Hash> to) throws InterruptedException {
    for (int number = 0; number < BLOBS; number++) {
      Blob blob = blob(number, 0);
      self.put(blob);
      produced.incrementAndGet();
      to.put(blob.hash());
    }
  }

  private void stage(
      StagePeer before, StagePeer self, int hops, BlockingQueue<Hash> from, BlockingQueue<Hash> to)
      throws InterruptedException {
    for (int number = 0; number < BLOBS; number++) {
      Hash input = from.take();
      self.takeOver(input, before.proof());
      assertEquals(blob(number, hops - 1).hash(), Hash.of(self.read(input)));
      Blob output = blob(number, hops);
      self.put(output);
      self.release(input, self.proof());
      to.put(output.hash());
    }
  }

  private void sink(StagePeer before, StagePeer self, BlockingQueue<Hash> from)
      throws InterruptedException {
    for (int number = 0; number < BLOBS; number++) {
      pace.acquire();
      Hash input = from.take();
      self.takeOver(input, before.proof());
      assertEquals(blob(number, 2).hash(), Hash.of(self.read(input)));
      self.release(input, self.proof());
      arrived.incrementAndGet();
    }
  }

  private static void await(String what, java.util.function.BooleanSupplier condition)
      throws InterruptedException {
    Semaphore never = new Semaphore(0);
    long end = System.nanoTime() + Duration.ofSeconds(90).toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() - end < 0, what);
      assertTrue(!never.tryAcquire(5, TimeUnit.MILLISECONDS));
    }
  }

  /// What may be under way when the sink does nothing: what the accounts pay for.
  private static int underWayMax() {
    return (int) (3 * LIMIT / BLOB_BYTES);
  }

  private void checkBounds(MemoryServer node) {
    assertTrue(node.status().chargedBytes() <= 3 * LIMIT, () -> node.status().toString());
    int under = produced.get() - arrived.get();
    assertTrue(under <= underWayMax() + 1, "under way: " + under);
  }

  private MemorySettings memory(ControlServer control) {
    return MemorySettings.of(
        folder.resolve("memory"),
        "memory",
        new InetSocketAddress("127.0.0.1", 0),
        ByteCount.mebibytes(128),
        10_000,
        List.of(control.address()));
  }

  @Test
  void aSlowSinkHoldsBackAFastProducer() throws Exception {
    InetSocketAddress any = new InetSocketAddress("127.0.0.1", 0);
    try (ControlServer control =
            ControlServer.open(ControlSettings.single(folder.resolve("control"), "test", any));
        MemoryServer node = MemoryServer.open(memory(control));
        Channel channel =
            RpcClient.connect(control.address(), Deadline.after(Duration.ofSeconds(20)))) {
      await("the node is a member", node::isEnrolled);
      ControlClient client = new ControlClient(channel, Duration.ofSeconds(20));
      try (StagePeer producer = new StagePeer("producer", LIMIT, client, node.address());
          StagePeer first = new StagePeer("first", LIMIT, client, node.address());
          StagePeer second = new StagePeer("second", LIMIT, client, node.address());
          StagePeer last = new StagePeer("sink", LIMIT, client, node.address());
          ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        BlockingQueue<Hash> one = new ArrayBlockingQueue<>(QUEUE);
        BlockingQueue<Hash> two = new ArrayBlockingQueue<>(QUEUE);
        BlockingQueue<Hash> three = new ArrayBlockingQueue<>(64);
        List<Future<?>> running = new ArrayList<>();
        running.add(run(threads, () -> produce(producer, one)));
        running.add(run(threads, () -> stage(producer, first, 1, one, two)));
        running.add(run(threads, () -> stage(first, second, 2, two, three)));
        running.add(run(threads, () -> sink(second, last, three)));
        await("somebody waits for credits", () -> node.status().waiting() > 0);
        int stalled = three.size();
        assertTrue(stalled <= LIMIT / BLOB_BYTES, "in front of the sink: " + stalled);
        for (int i = 1; i <= BLOBS; i++) {
          int next = i;
          pace.release();
          await("blob " + i + " arrives", () -> arrived.get() >= next);
          checkBounds(node);
        }
        for (Future<?> each : running) {
          each.get(60, TimeUnit.SECONDS);
        }
        assertEquals(BLOBS, produced.get());
        await("nothing is held or charged", () -> isIdle(node));
        await("all credits are back", () -> allotted(channel) == 0);
      }
    }
  }

  private static boolean isIdle(MemoryServer node) {
    return node.status().holds() == 0
        && node.status().chargedBytes() == 0
        && node.status().waiting() == 0;
  }

  /// What the control plane has allotted of the stages' accounts.
  private static long allotted(Channel channel) {
    Accounts page =
        channel.call(
            ControlMethods.ACCOUNTS, new Maybe<>(null), Deadline.after(Duration.ofSeconds(20)));
    return page.rows().stream()
        .filter(row -> !row.account().equals(Account.DEFAULT))
        .mapToLong(Accounts.Row::allottedBytes)
        .sum();
  }

  private interface Part {
    void run() throws InterruptedException;
  }

  private static Future<?> run(ExecutorService threads, Part part) {
    return threads.submit(
        () -> {
          part.run();
          return true;
        });
  }
}
