package io.kogluktualuk.fabric.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;

/// A Java process with the class path and the flags of this one, which a test can talk with and
/// kill.
///
/// The child's `main` prints lines and ends when its input does; what it complains about goes to
/// this process's errors, and into what is thrown when it has ended. It gets the `kog.` properties
/// of this process, so that both run on the same settings.
///
/// **Threading:** one thread; an own one passes complaints on. **Ownership:** the creator closes,
/// which ends the child. **Bound:** the last [#COMPLAINTS_MAX] complaints are remembered.
public final class ChildJvm implements AutoCloseable {

  private static final int END_SECONDS_MAX = 60;
  private static final int COMPLAINTS_MAX = 50;

  private final Process process;
  private final BufferedReader output;
  private final Deque<String> complaints = new ConcurrentLinkedDeque<>();
  private final Thread listener;

  private ChildJvm(Process process) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
    this.listener =
        Thread.ofPlatform().daemon().name("complaints-" + process.pid()).start(this::listen);
  }

  private void listen() {
    try (BufferedReader errors = process.errorReader(StandardCharsets.UTF_8)) {
      for (String line = errors.readLine(); line != null; line = errors.readLine()) {
        System.err.println(line);
        complaints.addLast(line);
        if (complaints.size() > COMPLAINTS_MAX) {
          complaints.removeFirst();
        }
      }
    } catch (IOException e) {
      complaints.addLast("its errors cannot be read: " + e);
    }
  }

  /// The command that starts a Java process like this one.
  public static List<String> command(Class<?> main, String... arguments) {
    return command(List.of(), main, arguments);
  }

  private static List<String> command(List<String> flags, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(
                flag ->
                    flag.startsWith("--")
                        || flag.startsWith("-XX:Tiered")
                        || flag.startsWith("-Djava.util.logging"))
            .toList());
    System.getProperties()
        .stringPropertyNames()
        .forEach(
            name -> {
              if (name.startsWith("kog.")) {
                command.add("-D" + name + "=" + System.getProperty(name));
              }
            });
    command.addAll(flags);
    command.add("-cp");
    command.add(Objects.requireNonNull(System.getProperty("java.class.path")));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  /// Starts a small child, which does not live long: its heap has 256 MiB, and it is compiled by
  /// the first compiler only.
  public static ChildJvm start(Class<?> main, String... arguments) throws IOException {
    List<String> small = List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    return start(command(small, main, arguments));
  }

  /// Starts a child with a command of one's own, made from [#command].
  public static ChildJvm start(List<String> command) throws IOException {
    return new ChildJvm(new ProcessBuilder(command).start());
  }

  /// The next line that the child prints.
  ///
  /// @throws IOException when the child has ended instead
  public String line() throws IOException {
    String line = output.readLine();
    if (line == null) {
      awaitEnd();
      throw new IOException(
          "the child ended with " + process.exitValue() + " instead of a line; " + lastWords());
    }
    return line;
  }

  private String lastWords() {
    try {
      listener.join(Duration.ofSeconds(END_SECONDS_MAX));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return complaints.isEmpty() ? "no complaints" : "it said:\n" + String.join("\n", complaints);
  }

  /// Gives the child a line.
  public void tell(String line) throws IOException {
    var input = process.outputWriter(StandardCharsets.UTF_8);
    input.write(line + "\n");
    input.flush();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public long pid() {
    return process.pid();
  }

  /// `kill -9`; the child is gone when this returns.
  public void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
        throw new AssertionError("the child does not end: " + process);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /// Ends the child's input and waits until it has ended too; kills it when it does not.
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      if (process.isAlive()) {
        throw new UncheckedIOException(e);
      }
    }
    try {
      awaitEnd();
    } finally {
      process.destroyForcibly();
    }
  }

  /// What a child complained about into a file.
  public static String read(Path errors) {
    try {
      return Files.readString(errors);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
