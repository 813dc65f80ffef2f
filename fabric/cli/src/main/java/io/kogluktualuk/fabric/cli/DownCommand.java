package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.ClusterFile;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `kog down`.
///
/// **Threading:** one thread.
@Command(
    name = "down",
    description = {
      "Stop the cluster that runs on the state folder, in order. What was stored stays.",
      "The process is told to end, never killed: nothing is lost if it is, 'kog up' repairs that."
    },
    footer = {"", "Example:", "  kog down"})
final class DownCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Mixin(name = "timeout")
  private final TimeoutOption timeout = new TimeoutOption("30s");

  DownCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() throws InterruptedException, ExecutionException {
    Path home = options.home();
    ClusterFile file = ClusterFile.read(home);
    ProcessHandle process = ProcessHandle.of(file.pid()).orElse(null);
    // Another process may have been given the same number since.
    if (process == null || !file.isRunning()) {
      throw new Unavailable(
          "no cluster is running in " + home + ": process " + file.pid() + " is gone");
    }
    long millis = timeout.duration().toMillis();
    process.destroy();
    try {
      process.onExit().get(millis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new DeadlineExceeded(
          "the cluster in process " + file.pid() + " has not ended within " + timeout, e);
    }
    options.print(
        "cluster in process " + file.pid() + " stopped",
        new Json().with("pid", file.pid()).with("home", home.toString()));
    return ExitCode.OK.code();
  }
}
