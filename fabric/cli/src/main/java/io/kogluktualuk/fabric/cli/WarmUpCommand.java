package io.kogluktualuk.fabric.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `kog warm-up`: what the launcher runs once after a build, to learn which classes starting takes.
///
/// **Threading:** one thread.
@Command(name = "warm-up", hidden = true, description = "Used by the launcher after a build.")
final class WarmUpCommand implements Callable<Integer> {

  private final Terminal terminal;

  WarmUpCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    OutputStream nowhere = OutputStream.nullOutputStream();
    Terminal quiet =
        new Terminal(
            terminal.in(),
            nowhere,
            new PrintStream(nowhere, true, StandardCharsets.UTF_8),
            terminal.environment(),
            terminal.folder(),
            false);
    CommandLine top = Cli.commandLine(quiet);
    top.execute("--help");
    top.getSubcommands().keySet().forEach(name -> top.execute(name, "--help"));
    top.execute("version", "--json");
    top.execute("version");
    return ExitCode.OK.code();
  }
}
