package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.Hold;
import io.kogluktualuk.fabric.client.PutOptions;
import io.kogluktualuk.fabric.client.RootWatch;
import io.kogluktualuk.fabric.client.RunResult;
import io.kogluktualuk.fabric.client.View;
import io.kogluktualuk.fabric.client.operator.AccountUse;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.node.ClusterSettings;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Transaction;
import io.kogluktualuk.fabric.units.ByteCount;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Long calls that are given up, by their limit of time or by an interrupt: each ends long before
/// the settings would have it end, and leaves no thread, no hold and no charge behind.
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CancelledCallsIT {

  private static final Account ACCOUNT = new Account("given-up");
  private static final long LIMIT = 24 << 20;
  private static final int LENGTH = 16 << 20;

  /// What the settings allow: nobody waits for that here.
  private static final Duration HOUR = Duration.ofHours(1);

  private static final Duration SHORT = Duration.ofSeconds(1);
  private static final long PROMPT_SECONDS = 40;

  private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
  private final ProcessCluster cluster;
  private final ClientSettings settings;
  private final Fabric fabric;
  private final Fabric hurried;

  CancelledCallsIT(@TempDir Path folder) throws InterruptedException {
    this.cluster =
        ProcessCluster.of(
                ClusterSettings.of(folder.resolve("home"))
                    .withMemory(1, ByteCount.mebibytes(128))
                    .withCompute(1, 1))
            .startAll();
    this.settings =
        ClientSettings.DEFAULT
            .withControls(cluster.controls())
            .withAccount(ACCOUNT)
            .withTimeouts(Duration.ofMinutes(2), HOUR);
    this.fabric = Fabric.connect(settings);
    this.hurried = fabric.within(SHORT);
    Operator.of(fabric).limitCredits(ACCOUNT, LIMIT);
  }

  @AfterAll
  void stop() {
    try (ProcessCluster _ = cluster) {
      fabric.close();
    }
  }

  /// Whatever was given up.
  @AfterEach
  void nothingIsLeft() throws InterruptedException {
    Deadline soon = Deadline.after(Duration.ofSeconds(PROMPT_SECONDS));
    Await.until(
        soon, () -> ClientThreads.running().isEmpty(), () -> "left: " + ClientThreads.running());
    Await.until(soon, () -> charged() == 0, () -> "still charged: " + charged());
  }

  private long charged() {
    return Operator.of(fabric).credits().stream()
        .filter(use -> use.account().equals(ACCOUNT))
        .mapToLong(AccountUse::chargedBytes)
        .sum();
  }

  @Test
  void aPutOfAStreamThatBlocks() throws Exception {
    try (Hold hold = fabric.hold()) {
      PutOptions options = PutOptions.passing().heldBy(hold);
      assertThrows(DeadlineExceeded.class, () -> hurried.put(new Blocking(), options));
      Blocking blocking = new Blocking();
      interrupted(blocking.isBlocked, () -> fabric.put(blocking, options));
      assertEquals(Set.of(), hold.refs());
    }
  }

  /// The account can pay for the first one only.
  @Test
  void aPutThatWaitsForCredits() throws Exception {
    byte[] other = Mutations.randomBytes(LENGTH, random);
    try (Hold hold = fabric.hold()) {
      PutOptions options = PutOptions.passing().heldBy(hold);
      Ref ref = fabric.put(Mutations.randomBytes(LENGTH, random), options);
      FabricException tooLate =
          assertThrows(FabricException.class, () -> hurried.put(other, options));
      assertEquals(FabricException.Category.RETRY, tooLate.category(), tooLate.toString());
      interrupted(new CountDownLatch(0), () -> fabric.put(other, options));
      assertEquals(Set.of(ref), hold.refs());
    }
  }

  /// Reads are not among it where memory is shared: they ask nobody.
  @Test
  void whateverAsksAMemoryNodeThatDoesNotAnswer() throws Exception {
    byte[] bytes = Mutations.randomBytes(LENGTH, random);
    Ref ref = fabric.put(bytes, PutOptions.passing());
    Hold hold = fabric.hold();
    cluster.pause("memory-1");
    try {
      retryable(() -> hurried.get(ref));
      try (Hold none = hurried.hold(ref)) {
        assertEquals(Set.of(), none.refs(), "nobody could be asked");
      }
      retryable(() -> hurried.put(bytes, PutOptions.passing()));
      retryable(() -> hurried.put(new byte[100], PutOptions.passing()));
      CountDownLatch now = new CountDownLatch(0);
      interrupted(now, () -> fabric.get(ref));
      interrupted(now, () -> fabric.put(bytes, PutOptions.passing().heldBy(hold)));
      interrupted(now, () -> fabric.put(new byte[100], PutOptions.passing()));
    } finally {
      cluster.resume("memory-1");
    }
    assertEquals(Set.of(), hold.refs());
    hold.close();
    Ref again = fabric.put(bytes, PutOptions.passing());
    try (View view = fabric.get(again)) {
      assertEquals(LENGTH, view.length());
    }
  }

  private static void retryable(Callable<?> call) {
    FabricException e = assertThrows(FabricException.class, call::call);
    assertEquals(FabricException.Category.RETRY, e.category(), e.toString());
  }

  /// There is one slot: a run that was not ended would have it.
  @Test
  void aRun() throws Exception {
    try (Fabric others = Fabric.connect(settings.withAccount(Account.DEFAULT))) {
      runs(others);
    }
  }

  /// At the expense of another account: trees and transactions stay, and are charged.
  private static void runs(Fabric fabric) throws Exception {
    Limits endless = new Limits(1L << 60, 512L << 20, 64L << 30);
    Ref program = fabric.put(LoopingGuest.wasm(), PutOptions.derived(SHORT));
    Ref namespace = fabric.trees().put(Map.of("x", program));
    Transaction never = Transaction.of(namespace, List.of("/x"), endless);
    CountDownLatch started = new CountDownLatch(1);
    CompletableFuture<RunResult> running =
        fabric.runAsync(never, HOUR, (_, _) -> started.countDown());
    assertTrue(started.await(PROMPT_SECONDS, TimeUnit.SECONDS));
    assertTrue(running.cancel(true));
    assertThrows(CancellationException.class, running::join);
    assertThrows(DeadlineExceeded.class, () -> fabric.run(never, SHORT));
    assertThrows(DeadlineExceeded.class, () -> fabric.within(SHORT).run(never, HOUR));
    CountDownLatch again = new CountDownLatch(1);
    interrupted(again, () -> fabric.run(never, HOUR, (_, _) -> again.countDown()));
    Transaction short1 = Transaction.of(namespace, List.of("/x"), new Limits(1000, 1 << 20, 1000));
    fabric.run(short1, HOUR);
  }

  @Test
  void aWatch() throws Exception {
    RootWatch watch = fabric.roots().watch("given-up");
    interrupted(new CountDownLatch(0), watch::next);
    CompletableFuture<Throwable> waiting = failure(watch::next);
    watch.close();
    assertInstanceOf(
        AlreadyClosed.class, waiting.get(PROMPT_SECONDS, TimeUnit.SECONDS), "who waits hears it");
  }

  /// The thread that makes a call is interrupted while it does, and stays interrupted.
  private static void interrupted(CountDownLatch whenReady, Callable<?> call) throws Exception {
    CompletableFuture<Throwable> failed = new CompletableFuture<>();
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    failed.completeExceptionally(new AssertionError("it gave " + call.call()));
                  } catch (Throwable e) {
                    failed.complete(
                        Thread.currentThread().isInterrupted()
                            ? e
                            : new AssertionError("the interrupt was swallowed", e));
                  }
                });
    assertTrue(whenReady.await(PROMPT_SECONDS, TimeUnit.SECONDS), "it does not begin");
    Await.until(
        Deadline.after(Duration.ofSeconds(PROMPT_SECONDS)),
        () -> failed.isDone() || thread.getState() != Thread.State.RUNNABLE,
        () -> "it does not wait");
    thread.interrupt();
    assertInstanceOf(Unavailable.class, failed.get(PROMPT_SECONDS, TimeUnit.SECONDS));
  }

  private static CompletableFuture<Throwable> failure(Callable<?> call) {
    CompletableFuture<Throwable> failed = new CompletableFuture<>();
    Thread.ofPlatform()
        .start(
            () -> {
              try {
                failed.completeExceptionally(new AssertionError("it gave " + call.call()));
              } catch (Throwable e) {
                failed.complete(e);
              }
            });
    return failed;
  }

  /// Gives 9 MiB, then nothing, and cares for an interrupt only.
  private static final class Blocking extends InputStream {
    final CountDownLatch isBlocked = new CountDownLatch(1);
    private int left = 9 << 20;

    @Override
    public int read() {
      throw new UnsupportedOperationException("one by one");
    }

    @Override
    public int read(byte[] target, int offset, int length) throws InterruptedIOException {
      if (left == 0) {
        isBlocked.countDown();
        try {
          new CountDownLatch(1).await();
        } catch (InterruptedException e) {
          throw new InterruptedIOException();
        }
      }
      int part = Math.min(left, length);
      left -= part;
      return part;
    }
  }
}
