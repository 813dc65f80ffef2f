package io.kogluktualuk.fabric.units;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import org.junit.jupiter.api.Test;

final class ByteCountTest {

  @Test
  void readsWhatPeopleWrite() {
    assertEquals(4096, ByteCount.parse("4096").bytes());
    assertEquals(64 << 10, ByteCount.parse("64KiB").bytes());
    assertEquals(3L << 29, ByteCount.parse("1.5 GiB").bytes());
    assertEquals(2L << 40, ByteCount.parse("2t").bytes());
    assertEquals("1.5 GiB", ByteCount.parse("1.5G").toString());
    assertEquals("1023 B", new ByteCount(1023).toString());
  }

  @Test
  void refusesTheRest() {
    for (String text : new String[] {"", "-1", "1 PB", "GiB", "1e9", "999999999999999T"}) {
      assertThrows(InvalidArgument.class, () -> ByteCount.parse(text), text);
    }
  }
}
