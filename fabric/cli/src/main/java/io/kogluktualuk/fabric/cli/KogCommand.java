package io.kogluktualuk.fabric.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `kog` alone: it needs a subcommand.
///
/// **Threading:** one thread.
@Command(
    name = "kog",
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Computes like a build system, stores like a content-addressed disk.",
      "",
      "A REF names a value: kind:hash:length as commands print it, a hash, or the first 8 or more"
          + " digits of one."
    },
    footer = {
      "",
      "Example:",
      "  kog up --detach",
      "  kog put trades.txt",
      "  kog run --namespace sort.kog -- /bin/sort /data/trades",
      "  kog down"
    })
final class KogCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help; 'kog COMMAND --help' says more.")
  private boolean help;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  KogCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "expected a command");
  }
}
