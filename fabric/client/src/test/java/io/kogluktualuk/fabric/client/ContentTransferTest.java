package io.kogluktualuk.fabric.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.ContentList;
import io.kogluktualuk.fabric.blob.ContentWriter;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.InMemoryBlobs;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ContentTransferTest {

  private static final int MIB = 1 << 20;

  @Test
  void contentOfAnyLengthComesBack() {
    Seeds.run(
        ContentTransferTest.class,
        6,
        random -> {
          for (int length : new int[] {0, 1, 4 * MIB, 4 * MIB + 1, random.nextInt(30 * MIB)}) {
            byte[] bytes = Mutations.randomBytes(length, random);
            InMemoryBlobs store = new InMemoryBlobs();
            Ref ref = put(store, bytes);
            assertEquals(length, ref.length());
            assertArrayEquals(bytes, getAll(store, ref));
            assertArrayEquals(bytes, getInPieces(store, ref, random));
          }
        });
  }

  @Test
  void aListThatLiesAboutTheWholeIsNoticedAtTheEnd() {
    InMemoryBlobs store = new InMemoryBlobs();
    List<ContentList.Chunk> chunks = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Blob chunk = Blob.of(Mutations.randomBytes(2 * MIB, RandomGenerator.of("L64X128MixRandom")));
      store.put(List.of(chunk));
      chunks.add(new ContentList.Chunk(chunk.hash(), chunk.length()));
    }
    Blob list = ContentList.of(Hash.of(new byte[] {1}), chunks).encode();
    store.put(List.of(list));
    Ref ref = new Ref(Kind.LIST, list.hash(), 6L * MIB);
    assertThrows(Corruption.class, () -> getAll(store, ref));
  }

  @Test
  void aMissingChunkIsNamed() {
    InMemoryBlobs all = new InMemoryBlobs();
    Ref ref = put(all, Mutations.randomBytes(9 * MIB, RandomGenerator.of("L64X128MixRandom")));
    InMemoryBlobs listOnly = new InMemoryBlobs();
    listOnly.put(List.of(all.get(ref.hash())));
    NotFound missing = assertThrows(NotFound.class, () -> getAll(listOnly, ref));
    assertTrue(String.valueOf(missing.getMessage()).contains("blob "), missing.toString());
  }

  @Test
  void aFailureInTheBackgroundReachesTheCaller() {
    PipelinedPuts puts = new PipelinedPuts(new FullStore());
    puts.put(List.of(Blob.of(new byte[] {1})));
    assertThrows(OutOfSpace.class, puts::await);
    assertThrows(OutOfSpace.class, () -> puts.put(List.of(Blob.of(new byte[] {2}))));
  }

  @Test
  void onlySoManyBatchesAreOnTheirWay() throws InterruptedException {
    SlowStore slow = new SlowStore();
    PipelinedPuts puts = new PipelinedPuts(slow);
    Thread writer =
        Thread.ofPlatform()
            .start(
                () -> {
                  for (int i = 0; i < 3 * PipelinedPuts.BATCHES_MAX; i++) {
                    puts.put(List.of(Blob.of(new byte[4 * MIB]), Blob.of(new byte[4 * MIB])));
                  }
                  puts.await();
                });
    assertTrue(slow.full.await(10, TimeUnit.SECONDS), "all batches that may are on their way");
    assertEquals(PipelinedPuts.BATCHES_MAX, slow.active.get());
    slow.open.countDown();
    writer.join(10_000);
    assertEquals(3 * PipelinedPuts.BATCHES_MAX, slow.batches.get());
    assertEquals(PipelinedPuts.BATCHES_MAX, slow.most.get());
  }

  private static Ref put(BlobStore store, byte[] bytes) {
    PipelinedPuts puts = new PipelinedPuts(store);
    Ref ref = new ContentWriter(puts).write(bytes, 0, bytes.length).finish();
    puts.await();
    return ref;
  }

  private static byte[] getAll(BlobStore store, Ref ref) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ContentStream stream = ContentStream.open(store, ref)) {
      assertEquals(ref.length(), stream.transferTo(bytes));
    }
    return bytes.toByteArray();
  }

  private static byte[] getInPieces(BlobStore store, Ref ref, RandomGenerator random)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] piece = new byte[3 * MIB];
    try (ContentStream stream = ContentStream.open(store, ref)) {
      for (int next = stream.read(); next >= 0; next = stream.read()) {
        bytes.write(next);
        int length = stream.read(piece, 0, random.nextInt(1, piece.length));
        bytes.write(piece, 0, Math.max(0, length));
      }
    }
    return bytes.toByteArray();
  }

  /// Has no room.
  private static final class FullStore implements BlobStore {
    @Override
    public Blob get(Hash hash) {
      throw new NotFound("blob " + hash);
    }

    @Override
    public void put(List<Blob> blobs) {
      throw new OutOfSpace("full");
    }

    @Override
    public Set<Hash> missing(Collection<Hash> hashes) {
      return Set.copyOf(hashes);
    }
  }

  /// Holds every put until it is opened.
  private static final class SlowStore implements BlobStore {
    final CountDownLatch open = new CountDownLatch(1);
    final CountDownLatch full = new CountDownLatch(PipelinedPuts.BATCHES_MAX);
    final AtomicInteger active = new AtomicInteger();
    final AtomicInteger most = new AtomicInteger();
    final AtomicInteger batches = new AtomicInteger();

    @Override
    public Blob get(Hash hash) {
      throw new NotFound("blob " + hash);
    }

    @Override
    public void put(List<Blob> blobs) {
      most.accumulateAndGet(active.incrementAndGet(), Math::max);
      full.countDown();
      try {
        assertTrue(open.await(10, TimeUnit.SECONDS));
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      active.decrementAndGet();
      batches.incrementAndGet();
    }

    @Override
    public Set<Hash> missing(Collection<Hash> hashes) {
      return Set.of();
    }
  }
}
