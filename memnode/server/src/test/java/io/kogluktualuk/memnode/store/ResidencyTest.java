package io.kogluktualuk.memnode.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.BlobLocation;
import io.kogluktualuk.memnode.api.Reservation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What whoever decides about retention can do with a store.
class ResidencyTest {

  private final Path path;

  ResidencyTest(@TempDir Path path) {
    this.path = path;
  }

  private static final StoreSettings SETTINGS =
      new StoreSettings(ByteCount.mebibytes(16), 100, Duration.ofSeconds(10), 16L << 20);

  /// Lets the oldest go, but sources.
  private static final class OldestFirst implements Room {

    private final Deque<Integer> queue = new ArrayDeque<>();
    private final List<Hash> gone = new ArrayList<>();
    private long reservedBytes;
    private int repeated;

    @Override
    public boolean make(Residents residents, long bytes) {
      for (int ordinal : List.copyOf(queue)) {
        if (residents.table().retention(ordinal) == Keep.DERIVED) {
          return residents.evict(ordinal);
        }
      }
      return false;
    }

    @Override
    public void sealed(Residents residents, int ordinal) {
      queue.add(ordinal);
    }

    @Override
    public void dropped(Residents residents, int ordinal) {
      queue.remove(ordinal);
      gone.add(residents.hash(ordinal));
    }

    @Override
    public void reserved(Residents residents, Keep keep, int length) {
      reservedBytes += length;
    }

    @Override
    public void unreserved(Residents residents, Keep keep, int length) {
      reservedBytes -= length;
    }

    @Override
    public void repeated(Residents residents, int ordinal, Keep keep) {
      repeated++;
      residents.keep(ordinal, keep);
    }
  }

  @Test
  void whatIsEvictedIsGoneAlsoAfterARestart() throws Exception {
    try (OpenStore store = new OpenStore(path, SETTINGS)) {
      List<Blob> blobs = store.blobs(20, 1000);
      store.put(blobs, Keep.STANDARD);
      BlobLocation place = store.locate(blobs.get(3));
      assertTrue(store.evict(blobs.get(3)));
      assertFalse(store.evict(blobs.get(3)), "it is gone");
      assertNull(store.store().locate(blobs.get(3).hash()));
      assertEquals(19, store.store().status().blobs());
      Blob next = store.blobs(1, 1000).getFirst();
      store.put(List.of(next), Keep.STANDARD);
      assertEquals(place, store.locate(next), "its room is used again");
      store.reopen();
      assertNull(store.store().locate(blobs.get(3).hash()));
      store.assertIntact(next);
      store.assertIntact(blobs.get(4));
    }
  }

  @Test
  void termsAndPinsComeBackAfterARestart() throws Exception {
    Keep derived = new Keep(Keep.DERIVED, CostScale.of(5000), 7);
    Keep source = new Keep(Keep.SOURCE, 0, 9);
    try (OpenStore store = new OpenStore(path, SETTINGS)) {
      List<Blob> blobs = store.blobs(3, 100);
      store.put(blobs, derived);
      store
          .store()
          .withResidents(
              residents -> {
                residents.pin(residents.ordinal(blobs.get(0).hash()), 42);
                residents.keep(residents.ordinal(blobs.get(1).hash()), source);
                return true;
              });
      store.reopen();
      store
          .store()
          .withResidents(
              residents -> {
                BlobTable table = residents.table();
                int first = residents.ordinal(blobs.get(0).hash());
                assertEquals(42, table.pinGeneration(first));
                assertEquals(derived, table.keep(first));
                int second = residents.ordinal(blobs.get(1).hash());
                assertEquals(source, table.keep(second));
                assertEquals(0, table.pinGeneration(second));
                assertEquals(1_000_000, table.sealedSeconds(second));
                return true;
              });
    }
  }

  @Test
  void aFullStoreAsksForRoomAndKeepsWhatMayNotGo() throws Exception {
    try (OpenStore store = new OpenStore(path, SETTINGS)) {
      OldestFirst room = new OldestFirst();
      store.store().consult(room);
      List<Blob> sources = store.blobs(3, 1 << 20);
      store.put(sources, Keep.STANDARD);
      Keep derived = new Keep(Keep.DERIVED, 0, 0);
      for (int i = 0; i < 60; i++) {
        store.put(store.blobs(1, 1 << 20), derived);
      }
      assertEquals(47, room.gone.size(), "16 MiB hold 16 of 63");
      assertEquals(0, room.reservedBytes);
      for (Blob source : sources) {
        store.assertIntact(source);
      }
      store.put(sources, derived);
      assertEquals(3, room.repeated);
      for (int i = 0; i < 16; i++) {
        store.put(store.blobs(1, 1 << 20), Keep.STANDARD);
      }
      assertEquals(16, store.store().status().blobs());
      Blob last = store.blobs(1, 1 << 20).getFirst();
      assertInstanceOf(Reservation.Refusal.class, store.reserve(last, derived).items().getFirst());
      assertTrue(room.gone.containsAll(sources.stream().map(Blob::hash).toList()));
    }
  }

  @Test
  void aFullIndexAsksForRoom() throws Exception {
    try (OpenStore store = new OpenStore(path, SETTINGS)) {
      OldestFirst room = new OldestFirst();
      store.store().consult(room);
      for (int i = 0; i < 30; i++) {
        store.put(store.blobs(10, 100), new Keep(Keep.DERIVED, 0, 0));
      }
      assertEquals(100, store.store().status().blobs());
      assertEquals(200, room.gone.size());
      store.reopen();
      assertEquals(100, store.store().status().blobs());
    }
  }

  @Test
  void theLogIsWrittenAnewWhenMostOfItIsDead() throws Exception {
    try (OpenStore store = new OpenStore(path, SETTINGS)) {
      List<Blob> kept = store.blobs(30, 200);
      store.put(kept, Keep.STANDARD);
      assertFalse(store.store().compactLog(), "nothing is dead yet");
      for (int i = 0; i < 90; i++) {
        List<Blob> passing = store.blobs(30, 100);
        store.put(passing, Keep.STANDARD);
        passing.forEach(store::evict);
      }
      long before = store.logBytes();
      assertTrue(store.store().compactLog());
      assertFalse(store.store().compactLog());
      assertTrue(store.logBytes() < before / 10, before + " bytes are now " + store.logBytes());
      Blob later = store.blobs(1, 50).getFirst();
      store.put(List.of(later), Keep.STANDARD);
      store.reopen();
      for (Blob blob : kept) {
        store.assertIntact(blob);
      }
      store.assertIntact(later);
      assertNotNull(store.locate(later));
      assertEquals(31, store.store().status().blobs());
    }
  }

  @Test
  void blobsAreMovedTogetherUntilALargeOneFits() throws Exception {
    StoreSettings settings =
        new StoreSettings(ByteCount.mebibytes(32), 1000, Duration.ofSeconds(10), 32L << 20);
    try (OpenStore store = new OpenStore(path, settings)) {
      List<Blob> blobs = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        List<Blob> each = store.blobs(2, 256 << 10);
        store.put(each, Keep.STANDARD);
        blobs.addAll(each);
      }
      List<Blob> kept = new ArrayList<>();
      for (int i = 0; i < blobs.size(); i++) {
        if (i % 2 == 0) {
          assertTrue(store.evict(blobs.get(i)));
        } else {
          kept.add(blobs.get(i));
        }
      }
      Blob large = store.blobs(1, 4 << 20).getFirst();
      assertInstanceOf(
          Reservation.Refusal.class, store.reserve(large, Keep.STANDARD).items().getFirst());
      int moved = 0;
      for (int now = store.store().relocate(); now > 0; now = store.store().relocate()) {
        moved += now;
      }
      assertEquals(32, moved, "each of those behind the middle once");
      store.put(List.of(large), Keep.STANDARD);
      for (Blob blob : kept) {
        store.assertIntact(blob);
      }
      store.reopen();
      for (Blob blob : kept) {
        store.assertIntact(blob);
      }
      store.assertIntact(large);
    }
  }

  @Test
  void aBlobWhoseBitsHaveChangedIsDroppedAndTold() throws Exception {
    try (OpenStore store = new OpenStore(path, SETTINGS)) {
      List<Hash> told = new ArrayList<>();
      store
          .store()
          .consult(
              new Room() {
                @Override
                public boolean make(Residents residents, long bytes) {
                  return false;
                }

                @Override
                public void damaged(Hash hash) {
                  told.add(hash);
                }
              });
      List<Blob> blobs = store.blobs(20, 1000);
      store.put(blobs, Keep.STANDARD);
      assertEquals(0, store.store().scrub(1 << 20));
      BlobLocation place = store.locate(blobs.get(7));
      store.flipBit(place, 500);
      int damaged = 0;
      for (int i = 0; i < 20; i++) {
        damaged += store.store().scrub(2000);
      }
      assertEquals(1, damaged);
      assertNull(store.store().locate(blobs.get(7).hash()));
      assertEquals(List.of(blobs.get(7).hash()), told);
      assertEquals(
          List.of(new LostBlob(blobs.get(7).hash(), Keep.STANDARD, 0)), store.store().lost());
      assertEquals(19, store.store().status().blobs());
    }
  }
}
