package io.kogluktualuk.rdma.doctor;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Asks other programs.
///
/// **Threading:** any thread.
@FunctionalInterface
interface Programs {

  /// A program that only looks has answered by then.
  Duration PATIENCE = Duration.ofSeconds(2);

  int OUTPUT_BYTES_MAX = 1 << 16;

  /// What it prints; null when it is not installed, fails, or takes too long.
  @Nullable String run(List<String> command);

  /// Those of this machine.
  static Programs installed() {
    return Programs::runInstalled;
  }

  private static @Nullable String runInstalled(List<String> command) {
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectInput(new File("/dev/null"))
              .start();
    } catch (IOException e) {
      return null;
    }
    try (InputStream out = process.getInputStream()) {
      if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
          || process.exitValue() != 0) {
        return null;
      }
      return new String(out.readNBytes(OUTPUT_BYTES_MAX), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } finally {
      process.destroyForcibly();
    }
  }
}
