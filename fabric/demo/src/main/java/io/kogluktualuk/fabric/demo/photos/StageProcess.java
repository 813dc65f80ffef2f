package io.kogluktualuk.fabric.demo.photos;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// One start of a stage in a process of its own. It ends when this process does, however that
/// happens: its standard input ends then.
///
/// **Threading:** any thread; one of its own reads what the stage says. **Ownership:** of the
/// process. **Bound:** the last report, and the last lines of its log.
final class StageProcess {

  private static final int LINES_SHOWN = 3;

  /// A status above this is the number of a signal.
  private static final int SIGNALLED = 128;

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

  /// Whether somebody has killed it.
  boolean isKilled() {
    return !process.isAlive() && process.exitValue() > SIGNALLED;
  }

  /// How it ended, and what it said last, as far as it did.
  String ending() {
    if (process.isAlive()) {
      return "it runs";
    }
    int status = process.exitValue();
    return isKilled()
        ? "it was killed by signal " + (status - SIGNALLED)
        : "its status is " + status + said(lastLines());
  }

  private static String said(String words) {
    return words.isEmpty() ? "" : "; it said: " + words;
  }

  /// How it is, and what it said last, as far as it did.
  String lastWords() {
    return "stage " + step.word() + ": " + ending() + (process.isAlive() ? said(lastLines()) : "");
  }

  private String lastLines() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join(
          "; ", lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size()));
    } catch (IOException e) {
      return "its log cannot be read: " + e.getMessage();
    }
  }

  /// Tells it that all stages are there.
  void go() {
    try {
      OutputStream to = process.getOutputStream();
      to.write((PhotoStage.GO + "\n").getBytes(StandardCharsets.UTF_8));
      to.flush();
    } catch (IOException e) {
      process.destroy(); // it has closed its side
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

  /// Whether it has ended, and all that it said is read.
  boolean isOver() {
    return !process.isAlive() && !reader.isAlive();
  }

  void kill() {
    process.destroyForcibly();
  }
}
