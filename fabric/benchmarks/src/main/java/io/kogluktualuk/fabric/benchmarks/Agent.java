package io.kogluktualuk.fabric.benchmarks;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Another process that is told what to measure, a line for each order, and answers with a number.
/// It begins by saying a line about itself.
///
/// A process that dies makes the next order fail; nothing else.
///
/// **Threading:** one thread. **Ownership:** the process ends with [#close], or with its input.
final class Agent implements AutoCloseable {

  private final Process process;
  private final BufferedReader from;
  private final BufferedWriter to;
  private final String greeting;

  private Agent(Process process) throws IOException {
    this.process = process;
    this.from = process.inputReader(StandardCharsets.UTF_8);
    this.to = process.outputWriter(StandardCharsets.UTF_8);
    this.greeting = line("it was ready");
  }

  /// Starts a program and waits for its first line.
  ///
  /// @param errors where its standard error goes
  static Agent start(List<String> command, Map<String, String> environment, Path errors)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(Redirect.appendTo(errors.toFile()));
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      return new Agent(process);
    } catch (IOException e) {
      process.destroyForcibly();
      throw new IOException(e.getMessage() + "; see " + errors, e);
    }
  }

  /// The command for a class of ours in a JVM of its own.
  static List<String> java(List<String> flags, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  /// What it said first.
  String greeting() {
    return greeting;
  }

  long pid() {
    return process.pid();
  }

  /// Gives one order and waits for the number.
  ///
  /// @throws IOException when it has ended, or says that it failed
  long ask(String operation, int bytes, int times) throws IOException {
    to.write(operation + " " + bytes + " " + times + "\n");
    to.flush();
    String answer = line(operation + " was done");
    try {
      return Long.parseLong(answer);
    } catch (NumberFormatException e) {
      throw new IOException(operation + " of " + bytes + " bytes failed: " + answer, e);
    }
  }

  private String line(String before) throws IOException {
    String line = from.readLine();
    if (line == null) {
      throw new IOException("the process " + process.pid() + " ended before " + before);
    }
    return line;
  }

  @Override
  public void close() {
    try {
      to.close();
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
