package io.kogluktualuk.memnode.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.BlobLocation;
import java.lang.foreign.Arena;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PrefixSearchTest {

  @Test
  void hashesAreFoundByTheirFirstDigits() {
    try (Arena arena = Arena.ofConfined()) {
      long bytes = IndexShape.forBlobs(1000).bytes();
      BlobIndex index = BlobIndexTest.index(arena, arena.allocate(bytes, 64), 1000);
      List<Hash> twins = List.of(hash("f0e1d2c3a"), hash("f0e1d2c3b"));
      twins.forEach(twin -> add(index, twin));
      for (int i = 0; i < 500; i++) {
        add(index, Hash.of(new byte[] {(byte) i, (byte) (i >> 8)}));
      }
      int claimed = index.claim(hash("f0e1d2c3c"));

      assertEquals(Set.copyOf(twins), found(index, "f0e1d2c3"));
      assertEquals(Set.of(twins.getFirst()), found(index, "f0e1d2c3a"));
      assertEquals(Set.of(twins.getLast()), found(index, twins.getLast().toHex()));
      assertEquals(Set.of(), found(index, "f0e1d2c4"));
      index.abandon(claimed);
    }
  }

  private static void add(BlobIndex index, Hash hash) {
    BlobIndexTest.publish(index, index.claim(hash), hash, new BlobLocation(0, 0, 1));
  }

  private static Set<Hash> found(BlobIndex index, String digits) {
    return index.candidates(digits).collect(Collectors.toSet());
  }

  private static Hash hash(String start) {
    return Hash.ofBytes(HexFormat.of().parseHex(start + "0".repeat(64 - start.length())));
  }
}
