package io.kogluktualuk.rdma.software;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/// The bytes of a frame, as the table in [Frame] says.
class FrameLayoutTest {

  @Test
  void aHeadHasItsGoldenBytes() {
    MemorySegment bytes = MemorySegment.ofArray(new byte[Frame.HEAD_BYTES_MAX + 3]);
    Frame.put(bytes, 3, Frame.SWAP, 3, 0x01020304, 0x05060708, 0x090A0B0C, -2, 16, 0x0D0E0F10);
    Frame.putOperands(bytes, 3, 0x1112131415161718L, -1);
    assertEquals(
        "000000" // in front of it
            + "06030000"
            + "01020304"
            + "05060708"
            + "090a0b0c"
            + "fffffffffffffffe"
            + "00000010"
            + "0d0e0f10"
            + "1112131415161718"
            + "ffffffffffffffff",
        HexFormat.of().formatHex(bytes.toArray(ValueLayout.JAVA_BYTE)));
    assertEquals(Frame.SWAP, Frame.type(bytes, 3));
    assertEquals(3, Frame.flags(bytes, 3));
    assertEquals(0, Frame.rest(bytes, 3));
    assertEquals(0x01020304, Frame.posted(bytes, 3));
    assertEquals(0x05060708, Frame.executed(bytes, 3));
    assertEquals(0x090A0B0C, Frame.key(bytes, 3));
    assertEquals(-2, Frame.address(bytes, 3));
    assertEquals(16, Frame.length(bytes, 3));
    assertEquals(0x0D0E0F10, Frame.immediate(bytes, 3));
    assertEquals(0x1112131415161718L, Frame.firstOperand(bytes, 3));
    assertEquals(-1, Frame.secondOperand(bytes, 3));
  }
}
