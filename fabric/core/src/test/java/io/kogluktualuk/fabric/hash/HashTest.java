package io.kogluktualuk.fabric.hash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class HashTest {

  /// FIPS 180-4, example of one block.
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @Test
  void isSha256() {
    assertEquals(ABC, Hash.of("abc".getBytes(StandardCharsets.UTF_8)).toHex());
  }

  @Test
  void isTheSameOnAndOffTheHeapAndInParts() {
    byte[] bytes = new byte[100_000];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31);
    }
    Hash expected = Hash.of(bytes);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment offHeap = arena.allocate(bytes.length).copyFrom(MemorySegment.ofArray(bytes));
      assertEquals(expected, Hash.of(offHeap));
      assertEquals(expected, Hash.of(offHeap.asReadOnly()));
    }
    MemorySegment onHeap = MemorySegment.ofArray(bytes);
    assertEquals(expected, Hash.of(onHeap.asReadOnly()));
    Sha256 parts = new Sha256().update(bytes, 0, 12_345);
    assertEquals(expected, parts.update(onHeap.asSlice(12_345)).finish());
    assertEquals(expected, parts.update(bytes, 0, bytes.length).finish(), "fresh after finish");
  }

  @Test
  void readsWhatItWrites() {
    Hash hash = Hash.parse(ABC);
    assertEquals(hash, Hash.ofBytes(hash.toBytes()));
    assertEquals(ABC, hash.toString());
    assertEquals("ba7816bf8f01", hash.toShortHex());
    assertEquals(0xba7816bf8f01cfeaL, hash.word(0));
    assertEquals(0xb410ff61f20015adL, hash.word(3));
  }

  @Test
  void ordersAsUnsignedBytes() {
    Hash low = Hash.parse("7f" + "0".repeat(62));
    Hash high = Hash.parse("80" + "0".repeat(62));
    assertTrue(low.compareTo(high) < 0);
    assertEquals(0, low.compareTo(Hash.parse(low.toHex())));
  }

  @Test
  void refusesWhatIsNotAHash() {
    assertThrows(InvalidArgument.class, () -> Hash.parse("ba78"));
    assertThrows(InvalidArgument.class, () -> Hash.parse("x".repeat(64)));
  }
}
