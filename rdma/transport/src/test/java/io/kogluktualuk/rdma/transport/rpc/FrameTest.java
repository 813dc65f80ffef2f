package io.kogluktualuk.rdma.transport.rpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// The bytes of control messages.
class FrameTest {

  @Test
  void entriesComeBackOneAfterTheOther() {
    ByteBuffer buffer = ByteBuffer.allocate(2 * Frame.BYTES_MAX);
    byte[] payload = new byte[Channel.MESSAGE_BYTES_MAX];
    payload[5] = 6;
    Frame written =
        new Frame()
            .of(Frame.REQUEST, (short) 0xFFFE, 0xFFFF, 1L << 40)
            .carrying(payload, 0, payload.length);
    written.taken = 0xFFFFFFFE;
    assertEquals(Frame.BYTES_MAX, written.write(buffer));
    assertEquals(Frame.BYTES_MAX, written.bytes() - Integer.BYTES);
    int second = new Frame().of(Frame.FAULT, (short) 3, 7, 0).carrying(payload, 4, 3).write(buffer);
    assertEquals(Frame.HEADER_BYTES + 3, second);
    buffer.flip();
    Frame frame = new Frame();
    frame.update(buffer);
    assertEquals(0xFFFFFFFE, frame.taken);
    assertEquals(Frame.REQUEST, frame.kind);
    assertEquals((short) 0xFFFE, frame.series);
    assertEquals(0xFFFF, frame.argument);
    assertEquals(1L << 40, frame.nanos);
    assertArrayEquals(
        payload, Arrays.copyOfRange(frame.payload, frame.offset, frame.offset + frame.length));
    frame.update(buffer);
    assertEquals(Frame.FAULT, frame.kind);
    assertEquals(7, frame.argument);
    assertEquals(3, frame.length);
    assertEquals(6, frame.payload[frame.offset + 1]);
    assertEquals(0, buffer.remaining());
  }

  @Test
  void foreignBytesAreMalformedOrAnEntry() {
    Seeds.run(
        FrameTest.class,
        20_000,
        random -> {
          ByteBuffer buffer = ByteBuffer.allocate(random.nextInt(200));
          random.nextBytes(buffer.array());
          if (buffer.capacity() >= Frame.HEADER_BYTES && random.nextBoolean()) {
            buffer.put(0, (byte) random.nextInt(6)).putInt(17, random.nextInt(-5, 300));
          }
          Frame frame = new Frame();
          try {
            frame.update(buffer);
            assertTrue(frame.length >= 0);
            assertTrue(frame.offset + frame.length <= buffer.position());
          } catch (MalformedEncoding expected) {
            assertTrue(String.valueOf(expected.getMessage()).contains("control message"));
          }
        });
  }
}
