package io.kogluktualuk.fabric.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/// What every [BlobStore] promises. A test class of an implementation extends it.
public abstract class BlobStoreContract {

  private static final Hash UNKNOWN = Hash.of(new byte[] {'n', 'o', 'b', 'o', 'd', 'y'});

  private final RandomGenerator random =
      RandomGeneratorFactory.of("L64X128MixRandom").create(0x6b6f67);

  /// The store under test; it may hold blobs of other tests.
  protected abstract BlobStore store();

  private Blob blob(int length) {
    return Blob.of(Mutations.randomBytes(length, random));
  }

  private List<Blob> blobs(int... lengths) {
    List<Blob> blobs = new ArrayList<>();
    for (int length : lengths) {
      blobs.add(blob(length));
    }
    return blobs;
  }

  private static List<Hash> hashes(List<Blob> blobs) {
    return blobs.stream().map(Blob::hash).toList();
  }

  private static void assertSame(Blob expected, Blob found) {
    assertEquals(expected.hash(), found.hash());
    assertArrayEquals(expected.toArray(), found.toArray());
  }

  @Test
  public void blobsOfEveryLengthComeBack() {
    List<Blob> blobs =
        blobs(0, 1, 63, 64, 65, 4095, 4096, 65_536, 65_537, 1 << 20, Blob.LENGTH_MAX);
    store().put(blobs);
    for (Blob blob : blobs) {
      assertSame(blob, store().get(blob.hash()));
      assertSame(blob, store().get(blob.hash()));
    }
  }

  @Test
  public void severalComeInTheOrderAskedFor() {
    List<Blob> blobs = new ArrayList<>(blobs(10, 5000, 0, 70_000, 20, 3 << 20, 2 << 20, 1));
    store().put(blobs);
    List<Blob> asked = new ArrayList<>(blobs.reversed());
    asked.add(blobs.get(3));
    List<Blob> found = store().getAll(hashes(asked));
    assertEquals(asked.size(), found.size());
    for (int i = 0; i < asked.size(); i++) {
      assertSame(asked.get(i), found.get(i));
    }
    assertEquals(List.of(), store().getAll(List.of()));
  }

  @Test
  public void whatNobodyPutIsNotFoundByItsName() {
    NotFound failure = assertThrows(NotFound.class, () -> store().get(UNKNOWN));
    assertTrue(String.valueOf(failure.getMessage()).contains(UNKNOWN.toHex()), "names the hash");
    Blob there = blob(100);
    store().put(List.of(there));
    assertThrows(NotFound.class, () -> store().getAll(List.of(there.hash(), UNKNOWN)));
  }

  @Test
  public void missingTellsWhatGetWouldNotFind() {
    List<Blob> blobs = blobs(1, 2, 3, 4, 5000);
    Blob absent = blob(77);
    store().put(blobs);
    List<Hash> asked = new ArrayList<>(hashes(blobs));
    asked.add(absent.hash());
    asked.add(UNKNOWN);
    assertEquals(Set.of(absent.hash(), UNKNOWN), store().missing(asked));
    assertEquals(Set.of(), store().missing(hashes(blobs)));
    assertEquals(Set.of(), store().missing(List.of()));
  }

  @Test
  public void puttingAgainChangesNothing() {
    Blob blob = blob(10_000);
    store().put(List.of(blob, blob));
    store().put(List.of(blob));
    store().put(List.of());
    assertSame(blob, store().get(blob.hash()));
  }

  @Test
  public void manySmallBlobsGoTogether() {
    List<Blob> blobs = new ArrayList<>();
    for (int i = 0; i < 1500; i++) {
      blobs.add(blob(random.nextInt(2000)));
    }
    store().put(blobs);
    assertEquals(Set.of(), store().missing(hashes(blobs)));
    List<Blob> found = store().getAll(hashes(blobs));
    for (int i = 0; i < blobs.size(); i++) {
      assertSame(blobs.get(i), found.get(i));
    }
  }

  @Test
  public void manyThreadsPutAndGet() throws Exception {
    List<Blob> blobs = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      blobs.add(blob(random.nextInt(100_000)));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<?>> running = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        List<Blob> own = blobs.subList(thread * 10, thread * 10 + 50);
        running.add(
            threads.submit(
                () -> {
                  for (Blob blob : own) {
                    store().put(List.of(blob));
                    assertSame(blob, store().get(blob.hash()));
                  }
                  store().getAll(hashes(own));
                }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
    assertEquals(Set.of(), store().missing(hashes(blobs)));
  }
}
