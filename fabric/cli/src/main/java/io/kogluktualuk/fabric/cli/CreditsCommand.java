package io.kogluktualuk.fabric.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `kog credits`: what its subcommands have in common.
///
/// **Threading:** one thread.
@Command(
    name = "credits",
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "What accounts may keep in memory nodes from being evicted.",
      "An account is charged for sources, for what is held, and for what roots reach. When its limit"
          + " is reached its producers wait."
    },
    footer = {"", "Example:", "  kog credits ls", "  kog credits limit nightly 64GiB"})
final class CreditsCommand extends CommandGroup {

  @Mixin(name = "options")
  private final CommonOptions options;

  CreditsCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  /// The command with its subcommands.
  static CommandLine of(Terminal terminal) {
    return new CommandLine(new CreditsCommand(terminal))
        .addSubcommand(new CreditsListCommand(terminal))
        .addSubcommand(new CreditsLimitCommand(terminal));
  }
}
