package io.kogluktualuk.memnode.reader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.blob.Tag;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.BlobLocation;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LocationCacheTest {

  private static Hash hash(int i) {
    return Hash.of(Integer.toString(i).getBytes(StandardCharsets.US_ASCII));
  }

  private static LocationCache.Known known(int i) {
    return new LocationCache.Known("n", new BlobLocation(0, 64L * i, i), null);
  }

  @Test
  void isBoundedAndKeepsWhatIsUsed() {
    LocationCache cache = new LocationCache(100);
    for (int i = 0; i < 10_000; i++) {
      cache.put(hash(i), known(i));
      assertTrue(cache.size() <= 100, "size " + cache.size());
      assertNotNull(cache.get(hash(0)), "used all the time, lost at " + i);
    }
    assertEquals(known(9_999), cache.get(hash(9_999)));
    assertNull(cache.get(hash(5_000)));
  }

  @Test
  void aTagOutlivesItsPlace() {
    LocationCache cache = new LocationCache(100);
    Tag tag = new Tag(1, 2);
    cache.put(hash(1), new LocationCache.Known("a", new BlobLocation(0, 0, 5), tag));
    cache.located(hash(1), "b", new BlobLocation(1, 64, 5));
    assertEquals(new LocationCache.Known("b", new BlobLocation(1, 64, 5), tag), cache.get(hash(1)));
  }
}
