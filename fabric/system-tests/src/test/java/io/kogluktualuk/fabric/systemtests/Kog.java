package io.kogluktualuk.fabric.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The command line as a process of its own, over one state folder.
///
/// **Threading:** one thread. **Ownership:** [#close] ends the cluster that it started.
final class Kog implements AutoCloseable {

  /// Longer than `kog up` waits for nodes that do not become ready.
  private static final int SECONDS_MAX = 300;

  private final Path home;
  private final Path folder;

  /// What a command gave.
  record Result(int exit, byte[] out, String err) {

    String text() {
      return new String(out, StandardCharsets.UTF_8).strip();
    }

    /// Checks the status and that the error says what it should.
    Result failsWith(int status, String... words) {
      assertEquals(status, exit, () -> "status; it said: " + text() + err);
      for (String word : words) {
        assertTrue(err.contains(word), () -> "'" + err.strip() + "' should say '" + word + "'");
      }
      return this;
    }

    Result succeeds() {
      assertEquals(0, exit, () -> "status; it said: " + err);
      return this;
    }

    /// A member of the JSON that was printed, as text.
    String member(String name) {
      Matcher matcher =
          Pattern.compile("\"" + name + "\"\\s*:\\s*(\"([^\"]*)\"|[^,}\\s]+)").matcher(text());
      assertTrue(matcher.find(), () -> "no member '" + name + "' in " + text());
      return matcher.group(2) == null ? matcher.group(1) : matcher.group(2);
    }
  }

  /// @param folder where the commands are run
  Kog(Path home, Path folder) {
    this.home = home;
    this.folder = folder;
  }

  /// Runs a command to its end.
  Result run(String... arguments) throws IOException, InterruptedException {
    return run(InputStream.nullInputStream(), arguments);
  }

  Result run(InputStream input, String... arguments) throws IOException, InterruptedException {
    List<String> command = KogJvm.command("-Xmx1g");
    command.addAll(List.of(arguments));
    Path err = Files.createTempFile("kog", ".err");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
    builder.environment().put("KOG_HOME", home.toString());
    Process process = builder.directory(folder.toFile()).start();
    // Whatever reads its output waits no longer than this.
    CompletableFuture.delayedExecutor(SECONDS_MAX, TimeUnit.SECONDS)
        .execute(process::destroyForcibly);
    try (OutputStream stdin = process.getOutputStream()) {
      input.transferTo(stdin);
    }
    byte[] out = process.getInputStream().readAllBytes();
    if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(String.join(" ", arguments) + " did not end");
    }
    String said = Files.readString(err);
    Files.delete(err);
    return new Result(process.exitValue(), out, said);
  }

  /// Starts a command that the test ends itself; nobody reads what it says.
  Process start(String... arguments) throws IOException {
    List<String> command = KogJvm.command("-Xmx1g");
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  Result put(byte[] bytes) throws IOException, InterruptedException {
    return run(new ByteArrayInputStream(bytes), "put", "-").succeeds();
  }

  /// Starts the cluster in the background; returns its process.
  ProcessHandle up(String... arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("up", "--detach", "--json"));
    all.addAll(List.of(arguments));
    Result up = run(all.toArray(String[]::new)).succeeds();
    return ProcessHandle.of(Long.parseLong(up.member("pid"))).orElseThrow();
  }

  /// Ends the cluster without a word, as a power switch would.
  static void kill(ProcessHandle cluster) throws InterruptedException {
    cluster.destroyForcibly();
    try {
      cluster.onExit().get(30, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new AssertionError("process " + cluster.pid() + " does not end", e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      run("down");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the cluster stops", e);
    }
  }
}
