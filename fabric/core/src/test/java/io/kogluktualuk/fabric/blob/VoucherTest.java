package io.kogluktualuk.fabric.blob;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class VoucherTest {

  private static final Voucher VOUCHER =
      new Voucher(Hash.of(new byte[1]), List.of(new Tag(1, -2), new Tag(Long.MIN_VALUE, 4)));

  private static byte[] encoded(Voucher voucher) {
    CanonicalWriter writer = new CanonicalWriter();
    Voucher.CODEC.write(voucher, writer);
    return writer.toBytes();
  }

  private static Voucher decoded(byte[] bytes) {
    CanonicalReader reader = new CanonicalReader("voucher", bytes);
    Voucher voucher = Voucher.CODEC.read(reader);
    reader.end();
    return voucher;
  }

  @Test
  void readsWhatItWrites() {
    byte[] bytes = encoded(VOUCHER);
    assertEquals(32 + 1 + 2 * 16, bytes.length);
    assertEquals(VOUCHER, decoded(bytes));
  }

  @Test
  void hasOneToThirtyTwoTags() {
    List<Tag> many = Collections.nCopies(Voucher.TAGS_MAX + 1, new Tag(0, 0));
    assertThrows(IllegalArgumentException.class, () -> new Voucher(Hash.of(new byte[0]), many));
    assertThrows(
        IllegalArgumentException.class, () -> new Voucher(Hash.of(new byte[0]), List.of()));
    byte[] none = encoded(VOUCHER);
    none[32] = 0;
    assertThrows(MalformedEncoding.class, () -> decoded(none));
  }

  @Test
  void anyBytesAreOneVoucherOrRefused() {
    SplittableRandom random = new SplittableRandom(11);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = encoded(VOUCHER);
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      byte[] cut = Arrays.copyOf(bytes, random.nextInt(bytes.length + 2));
      try {
        assertEquals(cut.length, encoded(decoded(cut)).length);
      } catch (MalformedEncoding e) {
        assertTrue(String.valueOf(e.getMessage()).contains("voucher"), e.getMessage());
      }
    }
  }
}
