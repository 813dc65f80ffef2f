package io.kogluktualuk.rdma.transport.memory;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.rdma.transport.rpc.RpcClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A server that takes no messages for a while must not make a send meet a missing RECV.
///
/// The connection's queue pairs allow no RNR retry, so a single such send would end the connection,
/// and a call that is not idempotent would then fail.
@Timeout(30)
class OverrunTest {

  private static final int CALLERS = 300;

  @Test
  void aStoppedServerOverrunsNothing(@TempDir Path folder) throws Exception {
    Path file = Files.write(folder.resolve("file"), new byte[4096]);
    try (ChildServer child = ChildServer.start(file);
        Channel channel = RpcClient.connect(child.rpc(), Deadline.after(Duration.ofSeconds(10)));
        var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Deadline deadline = Deadline.after(Duration.ofSeconds(25));
      for (int round = 0; round < 5; round++) {
        signal("-STOP", child.pid());
        CountDownLatch started = new CountDownLatch(CALLERS);
        List<Future<byte[]>> calls = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
          byte[] request = new byte[i % 10 == 0 ? 30_000 : i + 1];
          calls.add(
              callers.submit(
                  () -> {
                    started.countDown();
                    return channel.call(ChildServer.ECHO, request, deadline);
                  }));
        }
        assertTrue(started.await(10, TimeUnit.SECONDS));
        signal("-CONT", child.pid());
        for (int i = 0; i < CALLERS; i++) {
          assertArrayEquals(new byte[i % 10 == 0 ? 30_000 : i + 1], calls.get(i).get());
        }
      }
    }
  }

  private static void signal(String name, long pid) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", name, Long.toString(pid)).inheritIO().start();
    assertEquals(0, kill.waitFor());
  }
}
