package io.kogluktualuk.rdma.software;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class EpollSocketTest {

  private static final class Seen implements StreamSocket.Watcher {
    final CountDownLatch connected = new CountDownLatch(1);
    final CountDownLatch readable = new CountDownLatch(1);

    @Override
    public void onConnected() {
      connected.countDown();
    }

    @Override
    public void onReadable() {
      readable.countDown();
    }

    @Override
    public void onWritable() {}
  }

  @Test
  @Timeout(60)
  void theWritingEndOfAConnectionThatThePeerHasResetIsShutInSilence() throws Exception {
    assumeTrue(EpollLoop.isAvailable(), EpollLoop::unavailability);
    EpollLoop loop =
        new EpollLoop(
            "reset",
            () -> {
              throw new AssertionError("none accepted");
            });
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Seen seen = new Seen();
      StreamSocket socket =
          loop.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()), seen);
      try (Socket accepted = server.accept()) {
        assertTrue(seen.connected.await(30, TimeUnit.SECONDS));
        socket.watch(true, false);
        accepted.setSoLinger(true, 0); // closing resets
      }
      assertTrue(seen.readable.await(30, TimeUnit.SECONDS));
      assertDoesNotThrow(socket::shutdownOutput);
      socket.close();
    }
  }
}
