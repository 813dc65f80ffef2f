package io.kogluktualuk.fabric.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.rpc.Codec;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class LeaseWordsTest {

  @Test
  void proofsAndAccountsComeBackAsTheyWere() {
    LeaseProof proof = new LeaseProof(new LeaseId(-1, 2), Long.MAX_VALUE);
    assertEquals(proof, roundTrip(LeaseProof.CODEC, proof));
    assertEquals("ffffffffffffffff0000000000000002", proof.id().toString());
    assertEquals(new Account("cam.era-7"), roundTrip(Account.CODEC, new Account("cam.era-7")));
  }

  @Test
  void aProofHasAToken() {
    assertThrows(IllegalArgumentException.class, () -> new LeaseProof(new LeaseId(1, 2), 0));
    byte[] without = new CanonicalWriter().u64(1).u64(2).varint(0).toBytes();
    assertThrows(
        MalformedEncoding.class,
        () -> LeaseProof.CODEC.read(new CanonicalReader("a proof", without)));
  }

  @Test
  void anAccountHasAPlainName() {
    for (String name : new String[] {"", "A", "a b", "a/b", "x".repeat(65)}) {
      assertThrows(InvalidArgument.class, () -> new Account(name), name);
      byte[] text = new CanonicalWriter().text(name).toBytes();
      assertThrows(
          MalformedEncoding.class, () -> Account.CODEC.read(new CanonicalReader("it", text)), name);
    }
  }

  private static <T> T roundTrip(Codec<T> codec, T value) {
    CanonicalWriter writer = new CanonicalWriter();
    codec.write(value, writer);
    CanonicalReader reader = new CanonicalReader("a copy", writer.toBytes());
    T copy = codec.read(reader);
    reader.end();
    return copy;
  }

  @Test
  void whoseALeaseIsCanBeSeen() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 100; i++) {
      LeaseId id = LeaseId.of("client a", random);
      assertTrue(id.isOf("client a"));
      assertFalse(id.isOf("client b"));
      assertFalse(id.isOf("compute a"));
      assertFalse(new LeaseId(id.high(), id.low() + 1).isOf("client a"));
      assertFalse(LeaseId.of(random).isOf("client a"));
    }
  }

  /// Nodes and clients of different versions have to agree on it.
  @Test
  void theNameOfALeaseStays() {
    assertEquals(
        "b03faf4424840825910a2dec89025cc1",
        LeaseId.of("client a", new SplittableRandom(1)).toString());
  }
}
