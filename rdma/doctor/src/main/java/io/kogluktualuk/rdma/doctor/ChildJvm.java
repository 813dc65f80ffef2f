package io.kogluktualuk.rdma.doctor;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A [SelfTestProcess], so that neither a crash of native code nor a wait without end can take the
/// doctor along.
///
/// **Threading:** one thread. **Ownership:** the process ends with [#close], or at its deadline.
/// **Bound:** the last [#OTHER_LINES_MAX] lines of what it prints besides are kept.
final class ChildJvm implements AutoCloseable {

  private static final int OTHER_LINES_MAX = 6;
  private static final Duration MOMENT = Duration.ofMillis(500);

  private final Process process;
  private final BufferedReader output;
  private final Deque<String> others = new ArrayDeque<>();
  private final Duration timeout;

  private ChildJvm(Process process, Duration timeout) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
    this.timeout = timeout;
  }

  static ChildJvm start(String provider, Duration timeout, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Starts in half the time; its classes are those of this process.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("-XX:AOTCache="))
        .forEach(command::add);
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Xlog:disable",
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dkog.rdma.provider=" + provider,
            "-cp",
            System.getProperty("java.class.path"),
            SelfTestProcess.class.getName(),
            // So that it can say what it waited for, before its deadline.
            Long.toString(Math.max(1, timeout.toMillis() * 3 / 4))));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    ChildJvm child = new ChildJvm(process, timeout);
    Thread.ofVirtual().name("kog-doctor-watch").start(child::watch);
    return child;
  }

  private void watch() {
    try {
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /// The next line of ours, without its first word; null when there will be none any more.
  @Nullable String next() {
    try {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.startsWith(SelfTestProcess.WORD)) {
          return line.substring(SelfTestProcess.WORD.length());
        }
        if (others.size() == OTHER_LINES_MAX) {
          others.removeFirst();
        }
        others.addLast(line.strip());
      }
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException("a process of the self-test cannot be heard", e);
    }
  }

  /// The reason it has given for failing; null when it gives none within a moment.
  @Nullable String failure() {
    try {
      process.waitFor(MOMENT.toMillis(), TimeUnit.MILLISECONDS);
      while (output.ready()) {
        String line = next();
        if (line != null && line.startsWith("failed ")) {
          return line.substring("failed ".length());
        }
      }
    } catch (IOException e) {
      return null; // it cannot be heard any more
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return null;
  }

  /// Why it has ended, as far as can be said: its last words and its status.
  String lastWords() {
    try {
      if (!process.waitFor(1, TimeUnit.SECONDS)) {
        return "it is still running";
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
    String status =
        process.exitValue() == 137
            ? "ended after " + timeout.toSeconds() + " s, its deadline"
            : "ended with status " + process.exitValue();
    return others.isEmpty() ? status : status + ": " + String.join(" | ", others);
  }

  /// The end of its input asks it to end, so that it takes its files away; who does not is ended.
  @Override
  public void close() {
    try {
      process.outputWriter().close();
      process.waitFor(MOMENT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (IOException e) {
      // It has ended already.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
