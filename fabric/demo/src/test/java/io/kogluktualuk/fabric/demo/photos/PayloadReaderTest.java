package io.kogluktualuk.fabric.demo.photos;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Messages with payloads come as they were sent, however the connection cuts them; junk is told.
final class PayloadReaderTest {

  private static final Map<String, String> METADATA = Map.of(Darkroom.NUMBER, "12", "name", "a=b");

  /// Keeps what comes.
  private static final class Kept implements PayloadReader.Taker {

    private final List<byte[]> payloads = new ArrayList<>();
    private final List<Map<String, String>> metadata = new ArrayList<>();
    private final List<Throwable> causes = new ArrayList<>();
    private int ends;

    @Override
    public void onMessage(PayloadMessage message) {
      metadata.add(message.metadata());
      payloads.add(ByteBufUtil.getBytes(message.payload()));
      assertEquals(message.bytes() > 0, message.payload().release(), "nobody else has it");
    }

    @Override
    public void onEnd() {
      ends++;
    }

    @Override
    public void onBroken(Throwable cause) {
      causes.add(cause);
    }
  }

  private static byte[] sent(byte[]... payloads) {
    ByteBuf all = Unpooled.buffer();
    for (byte[] payload : payloads) {
      PayloadMessage message = new PayloadMessage(METADATA, Unpooled.wrappedBuffer(payload));
      ByteBuf head = message.head(ByteBufAllocator.DEFAULT);
      all.writeBytes(head).writeBytes(payload);
      head.release();
    }
    ByteBuf end = PayloadMessage.end(ByteBufAllocator.DEFAULT);
    all.writeBytes(end);
    end.release();
    return ByteBufUtil.getBytes(all);
  }

  /// Hands the bytes over in pieces, and ends the connection.
  private static Kept taken(byte[] bytes, RandomGenerator random) {
    Kept kept = new Kept();
    EmbeddedChannel channel = new EmbeddedChannel(new PayloadReader(kept));
    for (int at = 0; at < bytes.length && channel.isOpen(); ) {
      int length = Math.min(bytes.length - at, random.nextInt(1, 40));
      channel.writeInbound(Unpooled.copiedBuffer(bytes, at, length));
      at += length;
    }
    channel.finishAndReleaseAll();
    return kept;
  }

  @Test
  void messagesComeWholeHoweverTheyAreCut() {
    byte[] one = {1, 2, 3};
    byte[] large = new byte[500];
    byte[] bytes = sent(one, new byte[0], large);
    Seeds.run(
        PayloadReaderTest.class,
        200,
        random -> {
          Kept kept = taken(bytes, random);
          assertEquals(List.of(METADATA, METADATA, METADATA), kept.metadata);
          assertArrayEquals(one, kept.payloads.getFirst());
          assertEquals(0, kept.payloads.get(1).length);
          assertArrayEquals(large, kept.payloads.get(2));
          assertEquals(1, kept.ends);
          assertEquals(List.of(), kept.causes);
        });
  }

  @Test
  void junkIsTold() {
    byte[] bytes = sent(new byte[] {1, 2, 3}, new byte[50]);
    Seeds.run(
        PayloadReaderTest.class,
        2000,
        random -> {
          Kept kept = taken(Mutations.mutate(bytes, random), random);
          assertEquals(1, kept.ends + Math.min(1, kept.causes.size()), "one or the other");
          kept.causes.forEach(cause -> assertFalse(String.valueOf(cause.getMessage()).isEmpty()));
        });
  }
}
