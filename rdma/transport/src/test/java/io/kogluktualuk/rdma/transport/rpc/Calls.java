package io.kogluktualuk.rdma.transport.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.rpc.Channel;
import io.kogluktualuk.fabric.rpc.Codec;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.fabric.rpc.Method;
import io.kogluktualuk.fabric.testkit.RdmaAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// Control calls that tests make.
final class Calls {

  static final Codec<byte[]> BYTES =
      new Codec<>() {
        @Override
        public void write(byte[] message, CanonicalWriter writer) {
          writer.bytes(message);
        }

        @Override
        public byte[] read(CanonicalReader reader) {
          return reader.bytes(Channel.MESSAGE_BYTES_MAX, "the bytes");
        }
      };

  static final Method<byte[], byte[]> ECHO = new Method<>(1, "test.echo", BYTES, BYTES, true);
  static final Method<byte[], byte[]> ONCE = new Method<>(2, "test.once", BYTES, BYTES, false);

  private static final int PATIENCE = Integer.getInteger("kog.rdma.patience", 1);

  private Calls() {}

  static InetSocketAddress anyPort() {
    return RdmaAddress.anyPort();
  }

  static Deadline in(long millis) {
    return Deadline.after(patient(millis));
  }

  /// A time that is long enough on this machine: slow ones set `kog.rdma.patience`.
  static Duration patient(long millis) {
    return Duration.ofMillis(millis * PATIENCE);
  }

  /// Waits until something holds.
  static void await(String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > patient(20_000).toNanos()) {
        throw new AssertionError("in " + patient(20_000) + " it did not come to be that " + what);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  /// Sends a signal to a process. A process that is stopped has stopped when this returns: the
  /// signal alone lets its threads run until the first of them has taken it.
  static void signal(String name, long process) throws IOException {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process)).start();
    assertEquals(0, kill.onExit().join().exitValue());
    Path threads = Path.of("/proc", Long.toString(process), "task");
    if (name.equals("STOP") && Files.isDirectory(threads)) {
      await("all threads have stopped", () -> haveStopped(threads));
    }
  }

  private static boolean haveStopped(Path threads) {
    try (Stream<Path> all = Files.list(threads)) {
      return all.allMatch(Calls::hasStopped);
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean hasStopped(Path thread) {
    try {
      String status = Files.readString(thread.resolve("stat"));
      return status.charAt(status.lastIndexOf(')') + 2) == 'T';
    } catch (IOException e) {
      // It has ended.
      return true;
    }
  }
}
