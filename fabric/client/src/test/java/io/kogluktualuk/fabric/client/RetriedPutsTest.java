package io.kogluktualuk.fabric.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.hash.Hash;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class RetriedPutsTest {

  private static final Blob BLOB = Blob.of(new byte[] {1});

  private final Deque<FabricException> faults = new ArrayDeque<>();
  private int puts;

  private final BlobStore failing =
      new BlobStore() {
        @Override
        public Blob get(Hash hash) {
          return BLOB;
        }

        @Override
        public void put(List<Blob> blobs) {
          puts++;
          if (!faults.isEmpty()) {
            throw faults.removeFirst();
          }
        }

        @Override
        public Set<Hash> missing(Collection<Hash> hashes) {
          return Set.of();
        }
      };

  @Test
  void aNodeThatIsAwayIsTriedAgain() {
    faults.add(new Unavailable("away"));
    faults.add(new Unavailable("still away"));
    new RetriedPuts(failing, Duration.ofMinutes(1)).put(List.of(BLOB));
    assertEquals(3, puts);
  }

  @Test
  void whatWillNotPassIsToldAtOnce() {
    faults.add(new OutOfSpace("full"));
    BlobStore store = new RetriedPuts(failing, Duration.ofMinutes(1));
    assertThrows(OutOfSpace.class, () -> store.put(List.of(BLOB)));
    assertEquals(1, puts);
  }

  @Test
  void anInterruptEndsIt() {
    faults.add(new Unavailable("away"));
    BlobStore store = new RetriedPuts(failing, Duration.ofMinutes(1));
    Thread.currentThread().interrupt();
    assertThrows(Unavailable.class, () -> store.put(List.of(BLOB)));
    assertEquals(true, Thread.interrupted());
    assertEquals(1, puts);
  }
}
