package io.kogluktualuk.rdma.transport.rpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/// The bytes of control messages.
class FrameTest {

  @Test
  void aFrameComesBack() {
    ByteBuffer buffer = ByteBuffer.allocate(Frame.BYTES_MAX);
    byte[] payload = new byte[Channel.MESSAGE_BYTES_MAX];
    payload[5] = 6;
    int length = Frame.request(205, 1L << 40, payload).write(buffer, 0xFFFFFFFE);
    assertEquals(Frame.BYTES_MAX, length);
    buffer.flip();
    assertEquals(0xFFFFFFFE, Frame.taken(buffer));
    Frame frame = Frame.read(buffer);
    assertEquals(Frame.Kind.REQUEST, frame.kind());
    assertEquals(205, frame.argument());
    assertEquals(1L << 40, frame.nanos());
    assertArrayEquals(payload, frame.payload());
  }

  @Test
  void foreignBytesAreMalformedOrAFrame() {
    Seeds.run(
        FrameTest.class,
        20_000,
        random -> {
          ByteBuffer buffer = ByteBuffer.allocate(random.nextInt(200));
          random.nextBytes(buffer.array());
          if (buffer.capacity() >= Frame.HEADER_BYTES && random.nextBoolean()) {
            buffer.put(0, (byte) random.nextInt(6)).putInt(17, random.nextInt(-5, 300));
          }
          try {
            Frame frame = Frame.read(buffer);
            assertTrue(frame.payload().length <= buffer.capacity());
          } catch (MalformedEncoding expected) {
            assertTrue(String.valueOf(expected.getMessage()).contains("control message"));
          }
        });
  }
}
