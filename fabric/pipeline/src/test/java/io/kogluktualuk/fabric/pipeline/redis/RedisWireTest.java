package io.kogluktualuk.fabric.pipeline.redis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.pipeline.Wire;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/// Frames over the streams of a real broker; skipped where there is none.
@Timeout(60)
final class RedisWireTest {

  private static final Duration LONG = Duration.ofSeconds(5);

  private static byte[] frame(int length, long seed) {
    return Mutations.randomBytes(length, new SplittableRandom(seed));
  }

  private static RedisServer server(Path folder) throws Exception {
    RedisServer server = RedisServer.start(folder);
    assumeTrue(server != null, "needs redis-server");
    assertNotNull(server);
    return server;
  }

  @Test
  void framesGoBothWaysInOrderAndNothingIsLeft(@TempDir Path folder) throws Exception {
    try (RedisServer server = server(folder);
        Wire near = RedisWire.sender("127.0.0.1", server.port(), "frames");
        Wire far = RedisWire.receiver("127.0.0.1", server.port(), "frames")) {
      for (int i = 0; i < 200; i++) {
        near.send(frame(1 + i * 37, i));
        far.send(frame(1 + i, -i));
      }
      near.send(frame(Wire.FRAME_MAX, 1));
      for (int i = 0; i < 200; i++) {
        assertArrayEquals(frame(1 + i * 37, i), far.receive(LONG));
        assertArrayEquals(frame(1 + i, -i), near.receive(LONG));
      }
      assertArrayEquals(frame(Wire.FRAME_MAX, 1), far.receive(LONG));
      assertNull(far.receive(Duration.ofMillis(50)));
      assertNull(near.receive(Duration.ofMillis(50)));
      try (Jedis jedis = new Jedis("127.0.0.1", server.port())) {
        assertEquals(0, jedis.xlen("frames:forward"));
        assertEquals(0, jedis.xlen("frames:back"));
      }
    }
  }

  @Test
  void aReceiverThatComesBackGetsWhatWasNotTaken(@TempDir Path folder) throws Exception {
    try (RedisServer server = server(folder);
        Wire near = RedisWire.sender("127.0.0.1", server.port(), "frames")) {
      near.send(frame(5, 5));
      try (Wire far = RedisWire.receiver("127.0.0.1", server.port(), "frames")) {
        assertArrayEquals(frame(5, 5), far.receive(LONG));
      }
      near.send(frame(6, 6));
      try (Wire again = RedisWire.receiver("127.0.0.1", server.port(), "frames")) {
        assertArrayEquals(frame(5, 5), again.receive(LONG), "a frame may come twice");
        assertArrayEquals(frame(6, 6), again.receive(LONG));
      }
    }
  }

  @Test
  void aBrokerThatForgetsEverythingIsToldAsABreak(@TempDir Path folder) throws Exception {
    RedisServer server = server(folder);
    try (Wire near = RedisWire.sender("127.0.0.1", server.port(), "frames");
        Wire far = RedisWire.receiver("127.0.0.1", server.port(), "frames")) {
      near.send(frame(5, 5));
      assertArrayEquals(frame(5, 5), far.receive(LONG));
      server = server.restarted();
      assertThrows(Unavailable.class, () -> near.send(frame(6, 6)));
      assertThrows(Unavailable.class, () -> far.receive(LONG));
      near.send(frame(7, 7));
      assertArrayEquals(frame(7, 7), far.receive(LONG));
    } finally {
      server.close();
    }
  }

  @Test
  void closingEndsWhatWaits(@TempDir Path folder) throws Exception {
    try (RedisServer server = server(folder)) {
      Wire far = RedisWire.receiver("127.0.0.1", server.port(), "frames");
      assertNull(far.receive(Duration.ofMillis(10)));
      Thread closer = Thread.ofVirtual().start(far::close);
      assertThrows(
          AlreadyClosed.class,
          () -> {
            while (true) {
              far.receive(LONG);
            }
          });
      closer.join();
      assertThrows(AlreadyClosed.class, () -> far.send(new byte[1]));
    }
  }
}
