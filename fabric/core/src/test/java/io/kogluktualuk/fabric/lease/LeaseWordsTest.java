package io.kogluktualuk.fabric.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.rpc.Codec;
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
}
