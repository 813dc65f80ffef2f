package io.kogluktualuk.fabric.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.Hold;
import io.kogluktualuk.fabric.client.PutOptions;
import io.kogluktualuk.fabric.client.RootNews;
import io.kogluktualuk.fabric.client.RootWatch;
import io.kogluktualuk.fabric.client.RunResult;
import io.kogluktualuk.fabric.client.View;
import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Transaction;
import io.kogluktualuk.fabric.units.ByteCount;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What applications do with [Fabric], on a small cluster that all tests share.
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ApplicationTest {

  private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
  private final CountDownLatch started = new CountDownLatch(1);
  private final Path folder;
  private final EmbeddedCluster cluster;
  private final Fabric fabric;

  ApplicationTest(@TempDir Path folder) {
    this.folder = folder;
    this.cluster =
        EmbeddedCluster.open(
            ClusterSettings.of(folder.resolve("state"))
                .withMemory(2, ByteCount.mebibytes(64))
                .withCompute(1, 1));
    this.fabric = Fabric.connect(url());
  }

  private String url() {
    return ClientSettings.DEFAULT.withControls(cluster.controls()).toUrl();
  }

  @AfterAll
  void stop() {
    try (EmbeddedCluster _ = cluster) {
      fabric.close();
    }
  }

  @Test
  void theSameBytesHaveTheSameRefWhateverTheyComeFrom() throws IOException {
    for (int length : new int[] {0, 1, 5000, Blob.LENGTH_MAX, Blob.LENGTH_MAX + 1, 11 << 20}) {
      byte[] bytes = Mutations.randomBytes(length, random);
      Path file = Files.write(folder.resolve("content"), bytes);
      Ref ref = fabric.put(new ByteArrayInputStream(bytes));
      assertEquals(length > Blob.LENGTH_MAX ? Kind.LIST : Kind.BLOB, ref.kind());
      assertEquals(ref, fabric.put(file));
      assertEquals(ref, fabric.put(bytes));
      assertEquals(ref, fabric.put(MemorySegment.ofArray(bytes)));
      ByteBuffer direct = ByteBuffer.allocateDirect(length + 9).position(4);
      direct.put(bytes).flip().position(4);
      assertEquals(ref, fabric.put(direct));
      assertEquals(4, direct.position());
      try (Arena confined = Arena.ofConfined();
          Arena shared = Arena.ofShared()) {
        assertEquals(ref, fabric.put(native0(confined, bytes)));
        assertEquals(ref, fabric.put(native0(shared, bytes)));
      }
      assertArrayEquals(bytes, fabric.bytes(ref, length));
    }
  }

  private static MemorySegment native0(Arena arena, byte[] bytes) {
    return arena
        .allocate(bytes.length + 1L)
        .asSlice(0, bytes.length)
        .copyFrom(MemorySegment.ofArray(bytes));
  }

  @Test
  void aViewShowsContentInOrderUntilItIsClosed() throws IOException {
    byte[] bytes = Mutations.randomBytes(9 << 20, random);
    Ref ref = fabric.put(bytes);
    View view = fabric.get(ref);
    List<MemorySegment> segments = view.segments();
    assertTrue(segments.size() > 1, segments.toString());
    assertEquals(bytes.length, segments.stream().mapToLong(MemorySegment::byteSize).sum());
    assertTrue(segments.stream().allMatch(MemorySegment::isReadOnly));
    MemorySegment copy = MemorySegment.ofArray(new byte[bytes.length]);
    view.copyTo(copy);
    assertArrayEquals(bytes, copy.toArray(ValueLayout.JAVA_BYTE));
    assertArrayEquals(bytes, view.asStream().readAllBytes());
    assertThrows(InvalidArgument.class, view::segment);
    assertThrows(InvalidArgument.class, () -> view.copyTo(copy.asSlice(1)));
    InputStream open = view.asStream();
    assertEquals(bytes[0] & 0xFF, open.read());
    view.close();
    view.close();
    assertThrows(AlreadyClosed.class, view::segments);
    assertThrows(AlreadyClosed.class, () -> segments.get(0));
    assertThrows(AlreadyClosed.class, open::read);
  }

  @Test
  void aSmallViewIsOneSegment() {
    byte[] bytes = Mutations.randomBytes(4000, random);
    try (View view = fabric.get(fabric.put(bytes))) {
      assertArrayEquals(bytes, view.segment().toArray(ValueLayout.JAVA_BYTE));
      assertEquals(1, view.segments().size());
    }
  }

  @Test
  void whatIsNoContentOrNotThereHasNoView() {
    Ref tree = fabric.trees().load("test", "", folder);
    assertThrows(InvalidArgument.class, () -> fabric.get(tree));
    assertThrows(NotFound.class, () -> fabric.get(nowhere()));
    assertThrows(InvalidArgument.class, () -> fabric.bytes(fabric.put(new byte[10]), 9));
  }

  private Ref nowhere() {
    return new Ref(Kind.BLOB, Hash.of(Mutations.randomBytes(32, random)), 5);
  }

  /// The two nodes keep 64 MiB each: 100 MiB of what passes through push out what is not held.
  @Test
  void whatIsHeldStaysWhileOthersGo() {
    byte[] kept = Mutations.randomBytes(5 << 20, random);
    try (Hold hold = fabric.hold()) {
      Ref ref = fabric.put(kept, PutOptions.passing().heldBy(hold));
      assertEquals(Set.of(ref), hold.refs());
      Ref loose = fabric.put(Mutations.randomBytes(1 << 20, random), PutOptions.passing());
      List<Ref> passed = passBy(220);
      assertArrayEquals(kept, fabric.bytes(ref, kept.length));
      assertEquals(Set.of(), hold.lost());
      assertFalse(hold.add(loose), "it was the first to go");
      assertEquals(Set.of(passed.getFirst()), hold.add(List.of(passed.getFirst(), ref)));
      hold.release(ref);
      assertEquals(Set.of(ref), hold.refs(), "it was added twice");
      hold.release(ref);
      assertEquals(Set.of(), hold.refs());
      passBy(220);
      assertThrows(NotFound.class, () -> fabric.bytes(ref, kept.length));
    }
  }

  private List<Ref> passBy(int mebibytes) {
    List<Ref> refs = new ArrayList<>();
    for (int i = 0; i < mebibytes; i++) {
      refs.add(fabric.put(Mutations.randomBytes(1 << 20, random), PutOptions.passing()));
    }
    return refs;
  }

  @Test
  void aTreeIsHeldWithAllThatItReaches() {
    Ref file = fabric.put(Mutations.randomBytes(3000, random), PutOptions.passing());
    Ref tree = fabric.trees().put(Map.of("a/b", file));
    assertEquals(file, fabric.trees().find(tree, "/a/b"));
    try (Hold hold = fabric.hold(tree, nowhere())) {
      assertEquals(Set.of(tree), hold.refs());
      passBy(220);
      assertEquals(3000, fabric.bytes(file, 3000).length);
    }
  }

  @Test
  void aViewOfTheSessionHasItsLimitAndNoMore() throws IOException {
    byte[] bytes = Mutations.randomBytes(9 << 20, random);
    Fabric patient = fabric.within(Duration.ofMinutes(1));
    Ref ref = patient.put(new ByteArrayInputStream(bytes));
    try (InputStream stream = patient.open(ref)) {
      assertArrayEquals(bytes, stream.readAllBytes());
    }
    patient.close();
    assertArrayEquals(bytes, fabric.bytes(ref, bytes.length), "closing a view closes nothing");
    Fabric hurried = fabric.within(Duration.ofNanos(1));
    assertThrows(DeadlineExceeded.class, () -> hurried.put(bytes));
    assertThrows(DeadlineExceeded.class, () -> hurried.get(ref));
    assertThrows(DeadlineExceeded.class, () -> hurried.bytes(ref, bytes.length));
    assertThrows(DeadlineExceeded.class, () -> hurried.open(ref));
    assertThrows(DeadlineExceeded.class, hurried.roots()::all);
    assertThrows(DeadlineExceeded.class, () -> hurried.roots().get("none"));
    assertThrows(InvalidArgument.class, () -> fabric.within(Duration.ZERO));
  }

  @Test
  void whatIsLookedAtInPlaceIsRevokedWithTheView() {
    View view = fabric.get(fabric.put(Mutations.randomBytes(1 << 20, random)));
    MemorySegment segment = view.segment();
    assertTrue(segment.isNative(), "it is where it was read to");
    view.close();
    assertThrows(IllegalStateException.class, () -> segment.get(ValueLayout.JAVA_BYTE, 0));
    ClientSettings none = ClientSettings.ofUrl(url()).withViewMemory(ByteCount.mebibytes(0));
    try (Fabric other = Fabric.connect(none);
        View copied = other.get(view.ref())) {
      assertFalse(copied.segment().isNative());
    }
  }

  @Test
  void aWatchHearsOfEachChangeInOrder() {
    String name = "watched";
    Ref first = fabric.put(new byte[] {1});
    Ref second = fabric.put(new byte[] {2});
    try (RootWatch watch = fabric.roots().watch(name)) {
      assertNull(watch.next(Duration.ofMillis(1)), "there is no such root");
      long revision = fabric.roots().compareAndSet(name, 0, first);
      assertEquals(new RootNews(name, revision, first), watch.next());
      revision = fabric.roots().compareAndSet(name, revision, second);
      assertEquals(new RootNews(name, revision, second), watch.next());
      fabric.roots().remove(name);
      assertEquals(new RootNews(name, 0, null), watch.next());
      assertNull(fabric.roots().get(name));
    }
    long revision = fabric.roots().set(name, first);
    RootWatch known = fabric.roots().watch(name, revision);
    long next = fabric.roots().compareAndSet(name, revision, second);
    assertEquals(next, known.next().revision(), "what was known is no news");
    known.close();
    assertThrows(AlreadyClosed.class, known::next);
    assertThrows(Conflict.class, () -> fabric.roots().compareAndSet(name, revision, first));
  }

  /// There is one slot: as long as the first one has it, the second one has to wait.
  @Test
  void cancellingAFutureEndsTheRun() {
    Limits endless = new Limits(1L << 60, 512L << 20, 64L << 30);
    Ref never = fabric.trees().put(Map.of("x", fabric.put(Guests.thatNeverEnds())));
    CompletableFuture<RunResult> running =
        fabric.runAsync(
            Transaction.of(never, List.of("/x"), endless),
            Duration.ofHours(1),
            (_, _) -> started.countDown());
    awaitStart();
    assertTrue(running.cancel(true));
    assertThrows(CancellationException.class, running::join);
    Ref ends = fabric.trees().put(Map.of("x", fabric.put(Guests.thatEnds())));
    RunResult result =
        fabric.run(Transaction.of(ends, List.of("/x"), Limits.DEFAULT), Duration.ofSeconds(60));
    assertEquals(new Ending.Exited(0), result.outcome().ending());
    assertEquals(result.output(), fabric.put(new byte[0]));
  }

  private void awaitStart() {
    try {
      assertTrue(started.await(60, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aClosedHoldTakesNothing() {
    Ref ref = fabric.put(new byte[] {1, 2, 3});
    Hold hold = fabric.hold(ref);
    hold.close();
    hold.close();
    assertEquals(Set.of(), hold.refs());
    assertThrows(AlreadyClosed.class, () -> hold.add(ref));
    assertThrows(
        AlreadyClosed.class, () -> fabric.put(new byte[9], PutOptions.source().heldBy(hold)));
  }
}
