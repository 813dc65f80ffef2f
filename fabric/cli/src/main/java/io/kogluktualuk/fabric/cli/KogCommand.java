package io.kogluktualuk.fabric.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `kog`: what its subcommands have in common.
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
final class KogCommand extends CommandGroup {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help; 'kog COMMAND --help' says more.")
  private boolean help;
}
