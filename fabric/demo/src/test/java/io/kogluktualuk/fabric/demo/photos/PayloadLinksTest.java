package io.kogluktualuk.fabric.demo.photos;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.testkit.Mutations;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Messages over real connections: all come, in order, and no more than may wait is read.
@Timeout(120)
final class PayloadLinksTest {

  private static final int MESSAGES = 60;

  @TempDir private Path folder = Path.of("unset");

  /// Keeps what comes until it is taken.
  private static final class Waiting implements PayloadReader.Taker {

    private final BlockingQueue<PayloadMessage> messages = new LinkedBlockingQueue<>();
    private final BlockingQueue<Object> ends = new LinkedBlockingQueue<>();

    @Override
    public void onMessage(PayloadMessage message) {
      messages.add(message);
    }

    @Override
    public void onEnd() {
      ends.add("end");
    }

    @Override
    public void onBroken(Throwable cause) {
      ends.add(cause);
    }
  }

  private PhotoJob job() throws IOException {
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        ports.add(any.getLocalPort());
      }
    }
    return new PhotoJob(
        Way.PAYLOAD, PhotoPlan.DEFAULT, new InetSocketAddress("127.0.0.1", 1), ports, folder);
  }

  private static void send(PayloadLinks from, byte[] content) throws InterruptedException {
    for (int i = 0; i < MESSAGES; i++) {
      int length = i % 3 == 0 ? content.length : i;
      from.send(
          0,
          new PayloadMessage(
              Map.of(Darkroom.NUMBER, "" + i), Unpooled.wrappedBuffer(content, 0, length)));
    }
    from.end();
  }

  @Test
  void allComeInOrderAndAFullQueueIsNotReadInto() throws Exception {
    byte[] content = Mutations.randomBytes(3 << 20, new SplittableRandom(1));
    PhotoJob job = job();
    Waiting waiting = new Waiting();
    try (PayloadLinks to = new PayloadLinks(job, 1, waiting);
        PayloadLinks from = new PayloadLinks(job, 1, new Waiting())) {
      Thread sender = Thread.ofPlatform().start(() -> sendOrFail(from, content));
      to.listen(Step.RESIZE); // perhaps after the first attempts to connect
      for (int i = 0; i < MESSAGES; i++) {
        PayloadMessage message = waiting.messages.poll(60, TimeUnit.SECONDS);
        assertNotNull(message, "message " + i);
        assertEquals(i, message.number());
        assertTrue(waiting.messages.size() <= PhotoPlan.WINDOW, "no more than may wait");
        byte[] found = ByteBufUtil.getBytes(message.payload());
        int length = i % 3 == 0 ? content.length : i;
        assertArrayEquals(Arrays.copyOf(content, length), found, "message " + i);
        message.payload().release();
        to.onTaken(length);
      }
      assertEquals("end", waiting.ends.poll(60, TimeUnit.SECONDS));
      sender.join();
      assertEquals(0, to.held());
      assertEquals(0, from.held());
    }
  }

  private static void sendOrFail(PayloadLinks from, byte[] content) {
    try {
      from.connect(List.of(Step.RESIZE));
      send(from, content);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aSenderThatIsGoneIsTold() throws Exception {
    PhotoJob job = job();
    Waiting waiting = new Waiting();
    try (PayloadLinks to = new PayloadLinks(job, 1, waiting)) {
      to.listen(Step.RESIZE);
      try (Socket sender = new Socket(InetAddress.getLoopbackAddress(), job.port(Step.RESIZE))) {
        sender.getOutputStream().write(new byte[] {0, 0, 0, 3, 0, 0, 0, 9, 'a', '='});
      }
      Object end = waiting.ends.poll(60, TimeUnit.SECONDS);
      assertTrue(String.valueOf(end).contains("a sender is gone"), () -> "" + end);
    }
  }
}
