package io.kogluktualuk.computenode.runtime.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.testkit.InMemoryBlobs;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.TraceClaim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LocalBlobsTest {

  private static final Deadline SOON = Deadline.after(Duration.ofSeconds(30));

  /// Fails, waits or works, as told; remembers the order of things.
  private static final class Fabric implements Shelf, MemoIndex {
    final InMemoryBlobs blobs = new InMemoryBlobs();
    final Map<Worth, List<Hash>> worths = new ConcurrentHashMap<>();
    final List<Object> order = Collections.synchronizedList(new ArrayList<>());
    volatile @Nullable RuntimeException failure;
    volatile @Nullable Error error;
    volatile CountDownLatch gate = new CountDownLatch(0);

    @Override
    public Blob get(Hash hash) {
      return blobs.get(hash);
    }

    @Override
    public void put(List<Blob> added) {
      try {
        assertTrue(gate.await(30, TimeUnit.SECONDS));
      } catch (InterruptedException e) {
        throw new Unavailable("interrupted", e);
      }
      RuntimeException reason = failure;
      if (reason != null) {
        throw reason;
      }
      Error worse = error;
      if (worse != null) {
        throw worse;
      }
      added.forEach(blob -> order.add(blob.hash()));
      blobs.put(added);
    }

    @Override
    public void put(List<Blob> added, Worth worth) {
      worths.put(worth, added.stream().map(Blob::hash).toList());
      put(added);
    }

    @Override
    public Set<Hash> missing(Collection<Hash> hashes) {
      return blobs.missing(hashes);
    }

    @Override
    public Map<Hash, Outcome> lookup(Collection<Hash> keys) {
      return Map.of();
    }

    @Override
    public List<Hash> producersOf(Hash output) {
      return List.of();
    }

    @Override
    public Map<Hash, Hash> traced(Collection<Hash> nodes) {
      return Map.of();
    }

    @Override
    public List<@Nullable Hash> trace(List<TraceClaim> claims) {
      return claims.stream().<@Nullable Hash>map(_ -> null).toList();
    }

    @Override
    public void record(List<Memo> memos) {
      memos.forEach(memo -> order.add(memo.outcome()));
    }
  }

  private final Fabric fabric = new Fabric();
  private final Recent<Outcome> outcomes = new Recent<>(10);
  private final LocalBlobs blobs =
      new LocalBlobs("test", fabric, fabric, outcomes, 10_000, _ -> {});

  @AfterEach
  void close() {
    fabric.gate.countDown();
    blobs.close();
  }

  private static Blob blob(int seed) {
    byte[] bytes = new byte[1000];
    bytes[0] = (byte) seed;
    bytes[1] = (byte) (seed >> 8);
    return Blob.of(bytes);
  }

  private static Outcome outcome(Blob blob) {
    Ref ref = Ref.ofBlob(blob);
    return new Outcome(new Ending.Exited(0), 1, ref, ref, ref);
  }

  @Test
  void whatIsPutCanBeHadAtOnceAndIsStoredInTheEnd() {
    fabric.gate = new CountDownLatch(1);
    Blob blob = blob(1);
    long mark = blobs.mark();
    blobs.put(List.of(blob));
    assertArrayEquals(blob.toArray(), blobs.get(blob.hash()).toArray());
    assertEquals(Set.of(), blobs.missing(List.of(blob.hash())));
    assertThrows(NotFound.class, () -> fabric.get(blob.hash()));
    assertThrows(
        DeadlineExceeded.class, () -> blobs.await(mark, Deadline.after(Duration.ofMillis(20))));
    fabric.gate.countDown();
    blobs.await(mark, SOON);
    assertArrayEquals(blob.toArray(), fabric.get(blob.hash()).toArray());
  }

  @Test
  void anOutcomeIsRecordedAfterWhatItNames() {
    long mark = blobs.mark();
    List<Object> expected = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      Blob blob = blob(i);
      blobs.put(List.of(blob));
      expected.add(blob.hash());
      if (i % 3 == 0) {
        blobs.record(new Memo(blob.hash(), outcome(blob), 1, null), mark);
        expected.add(outcome(blob));
      }
    }
    blobs.await(mark, SOON);
    assertEquals(expected.size(), fabric.order.size());
    for (int i = 0; i < 5_000; i += 3) {
      int stored = fabric.order.indexOf(blob(i).hash());
      assertTrue(stored < fabric.order.indexOf(outcome(blob(i))));
      i += 300;
    }
  }

  @Test
  void theCacheIsBounded() {
    long mark = blobs.mark();
    for (int i = 0; i < 100; i++) {
      blobs.put(List.of(blob(i)));
    }
    blobs.await(mark, SOON);
    assertTrue(blobs.cachedBytes() <= 10_000, "" + blobs.cachedBytes());
    LongAdder read = new LongAdder();
    BlobStore counting = new CountingBlobs(blobs, read, new LongAdder(), false, System::nanoTime);
    counting.getAll(List.of(blob(0).hash(), blob(99).hash(), blob(1).hash(), blob(0).hash()));
    assertEquals(2_000, read.sum());
  }

  @Test
  void whatIsStoredTogetherIsStoredByItsWorth() {
    long mark = blobs.mark();
    blobs.put(List.of(blob(1)), Worth.RECIPE);
    blobs.put(List.of(blob(2)), Worth.output(1_500_000));
    blobs.await(mark, SOON);
    assertEquals(List.of(blob(1).hash()), fabric.worths.get(Worth.RECIPE));
    assertEquals(List.of(blob(2).hash()), fabric.worths.get(new Worth(false, 2048)));
  }

  @Test
  void whatCannotBeStoredIsToldToThoseWhoCare() {
    fabric.failure = new OutOfSpace("the memory nodes are full");
    long before = blobs.mark();
    Blob lost = blob(1);
    outcomes.add(lost.hash(), outcome(lost));
    blobs.put(List.of(lost));
    OutOfSpace told = assertThrows(OutOfSpace.class, () -> blobs.await(before, SOON));
    assertTrue(String.valueOf(told.getMessage()).contains("the memory nodes are full"));
    fabric.failure = null;
    long after = blobs.mark();
    // It is gone, and so is everything that may have named it.
    while (outcomes.get(lost.hash()) != null) {
      Thread.onSpinWait();
    }
    assertNull(outcomes.get(lost.hash()));
    blobs.put(List.of(blob(2)));
    blobs.await(after, SOON);
    assertThrows(OutOfSpace.class, () -> blobs.await(before, SOON));
    Memo stale = new Memo(lost.hash(), outcome(lost), 1, null);
    assertThrows(OutOfSpace.class, () -> blobs.record(stale, before));
    assertNull(outcomes.get(lost.hash()));
  }

  /// Once it ended the thread that stores, and everyone waited for their deadlines.
  @Test
  void anErrorIsToldAndStoringGoesOn() {
    fabric.error = new OutOfMemoryError("made up");
    long before = blobs.mark();
    blobs.put(List.of(blob(1)));
    Unavailable told = assertThrows(Unavailable.class, () -> blobs.await(before, SOON));
    assertTrue(String.valueOf(told.getMessage()).contains("made up"), told::toString);
    fabric.error = null;
    long after = blobs.mark();
    blobs.put(List.of(blob(2)));
    blobs.await(after, SOON);
    assertEquals(1, fabric.blobs.size());
  }

  @Test
  void aStoreThatIsAwayForAMomentIsWaitedFor() {
    fabric.failure = new Unavailable("restarting");
    long mark = blobs.mark();
    blobs.put(List.of(blob(1)));
    assertThrows(
        DeadlineExceeded.class, () -> blobs.await(mark, Deadline.after(Duration.ofMillis(120))));
    fabric.failure = null;
    blobs.await(mark, SOON);
    assertEquals(1, fabric.blobs.size());
  }
}
