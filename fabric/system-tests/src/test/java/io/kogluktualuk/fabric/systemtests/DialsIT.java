package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A JVM's wall clock and disk obey [Dials] while it runs; its monotonic clock does not.
final class DialsIT {

  @Test
  void clockAndDiskOfARunningJvmObey(@TempDir Path folder) throws Exception {
    assumeTrue(Dials.isAvailable(), "a preloaded library needs gcc");
    Dials dials = Dials.of(Dials.compile(folder), folder.resolve("dials"));
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Probe.class.getName(),
            folder.resolve("file").toString());
    builder.environment().putAll(dials.environment());
    Process probe = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader out = probe.inputReader();
        Writer in = probe.outputWriter()) {
      String[] before = ask(in, out);
      assertEquals(0, dials.obeyed());
      dials.set(Duration.ofMillis(300), Duration.ofHours(-2));
      String[] after = ask(in, out);
      assertTrue(dials.obeyed() >= 3, "a time, a write and a sync: " + dials.obeyed());
      long clock = Long.parseLong(after[0]) - Long.parseLong(before[0]);
      long monotonic = Long.parseLong(after[1]) - Long.parseLong(before[1]);
      assertEquals(-2, Math.round(clock / 3_600_000.0));
      assertTrue(monotonic >= 0 && monotonic < Duration.ofHours(1).toNanos(), "" + monotonic);
      assertTrue(Long.parseLong(after[2]) >= 600_000_000, "a write and a sync: " + after[2]);
    }
    assertEquals(0, probe.waitFor());
  }

  private static String[] ask(Writer in, BufferedReader out) throws IOException {
    in.write('\n');
    in.flush();
    return out.readLine().split(" ");
  }

  /// Says what both clocks show and what a write with a sync takes, each time it is asked.
  static final class Probe {

    private Probe() {}

    public static void main(String[] arguments) throws IOException {
      OutputStream out = System.out;
      try (FileChannel file =
          FileChannel.open(
              Path.of(arguments[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        while (System.in.read() >= 0) {
          long start = System.nanoTime();
          file.write(ByteBuffer.wrap(new byte[] {1}), 0);
          file.force(false);
          long took = System.nanoTime() - start;
          String line = System.currentTimeMillis() + " " + start + " " + took + "\n";
          out.write(line.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
          out.flush();
        }
      }
    }
  }
}
