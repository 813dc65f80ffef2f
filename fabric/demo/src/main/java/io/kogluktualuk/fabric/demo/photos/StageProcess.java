package io.kogluktualuk.fabric.demo.photos;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One start of a stage in a process of its own. It ends when this process does, however that
/// happens: its standard input ends then.
///
/// **Threading:** any thread; one of its own reads what the stage says. **Ownership:** of the
/// process. **Bound:** the last report, and the last lines of its log.
final class StageProcess {

  private static final int LINES_SHOWN = 3;

  private final Step step;
  private final Process process;
  private final Path log;
  private final Thread reader;
  private volatile StageProgress progress = StageProgress.NONE;
  private volatile boolean hasReported;

  private StageProcess(Step step, Process process, Path log) {
    this.step = step;
    this.process = process;
    this.log = log;
    this.reader = Thread.ofPlatform().daemon().name("stage-" + step.word()).start(this::read);
  }

  /// @param log takes what it says besides reports
  static StageProcess start(Step step, ProcessBuilder command, Path log) {
    try {
      Process process =
          command.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
      return new StageProcess(step, process, log);
    } catch (IOException e) {
      throw new Unavailable("stage " + step.word() + " cannot be started: " + e.getMessage(), e);
    }
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (StageProgress.isLine(line)) {
          progress = StageProgress.parse(line);
          hasReported = true;
        }
      }
    } catch (IOException | MalformedEncoding e) {
      process.destroyForcibly(); // nobody can tell what it does
    }
  }

  StageProgress progress() {
    return progress;
  }

  /// Whether it has ever said anything.
  boolean hasReported() {
    return hasReported;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /// Why it ended, as far as it said so.
  String lastWords() {
    try {
      List<String> lines = Files.readAllLines(log);
      List<String> last = lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size());
      String status = process.isAlive() ? "it runs" : "status " + process.exitValue();
      return "stage " + step.word() + ": " + status + "; " + String.join("; ", last);
    } catch (IOException e) {
      return "stage " + step.word() + ": " + e.getMessage();
    }
  }

  /// Tells it to end.
  void end() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      process.destroy(); // it has closed its side
    }
  }

  /// Waits until it has ended, with all that it said; ends it when it takes longer.
  void awaitEnd(Duration within) throws InterruptedException {
    if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly();
    }
    reader.join(within);
  }

  void kill() {
    process.destroyForcibly();
  }
}
