package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.ClusterFile;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.rpc.Deadline;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Runs `kog up` in a process of its own, which outlives this one.
///
/// **Threading:** one thread.
final class Background {

  private static final Duration READY_WITHIN = Duration.ofMinutes(4);
  private static final long LOOK_EVERY_MILLIS = 50;
  private static final int OUTPUT_LINES_SHOWN = 20;

  private Background() {}

  /// A cluster that is ready.
  record Started(long pid, String control) {}

  /// Starts it and waits until it is ready.
  ///
  /// @param arguments those of this command
  static Started start(Path home, List<String> arguments) throws InterruptedException {
    Path output = home.resolve("log").resolve("up.out");
    try {
      Files.createDirectories(output.getParent());
      Process process =
          new ProcessBuilder(command(home, arguments))
              .redirectErrorStream(true)
              .redirectInput(new File("/dev/null"))
              .redirectOutput(output.toFile())
              .start();
      return await(process, home, output);
    } catch (IOException e) {
      throw new Unavailable("a cluster cannot be started in the background: " + e.getMessage(), e);
    }
  }

  /// This JVM again with `up`, in a session of its own so that no terminal can end it.
  private static List<String> command(Path home, List<String> arguments) {
    List<String> command = new ArrayList<>();
    for (String detacher : List.of("/usr/bin/setsid", "/usr/bin/nohup")) {
      if (command.isEmpty() && Files.isExecutable(Path.of(detacher))) {
        command.add(detacher);
      }
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> !argument.startsWith("-Dkog.terminals"))
        .forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    arguments.stream()
        .filter(argument -> !argument.equals("--detach") && !argument.equals("--json"))
        .forEach(command::add);
    if (arguments.stream().noneMatch(argument -> argument.startsWith("--home"))) {
      command.addAll(List.of("--home", home.toString()));
    }
    return command;
  }

  private static Started await(Process process, Path home, Path output)
      throws InterruptedException, IOException {
    Deadline deadline = Deadline.after(READY_WITHIN);
    while (!process.waitFor(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
      ClusterFile file = fileIn(home);
      if (file != null && file.pid() == process.pid() && file.isRunning()) {
        return new Started(
            file.pid(), file.control().getHostString() + ":" + file.control().getPort());
      }
      if (deadline.hasPassed()) {
        process.destroy();
        throw new DeadlineExceeded(
            "the cluster was not ready within " + READY_WITHIN.toSeconds() + " s; see " + output);
      }
    }
    throw failed(process.exitValue(), output);
  }

  /// The background process has said what is wrong; say the same.
  private static FabricException failed(int exit, Path output) throws IOException {
    String said;
    try (Stream<String> lines = Files.lines(output)) {
      said =
          lines
              .filter(line -> line.startsWith("kog: ") && !line.startsWith("kog: hint: "))
              .map(line -> line.substring("kog: ".length()))
              .limit(OUTPUT_LINES_SHOWN)
              .reduce((first, next) -> first + "; " + next)
              .orElse("the cluster ended with status " + exit + "; see " + output);
    }
    return ExitCode.faultOf(exit, said);
  }

  private static @Nullable ClusterFile fileIn(Path home) {
    try {
      return ClusterFile.read(home);
    } catch (Unavailable e) {
      return null; // not yet, or not any more
    }
  }
}
