package io.kogluktualuk.fabric.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `kog root`: what its subcommands have in common.
///
/// **Threading:** one thread.
@Command(
    name = "root",
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Names that keep all they reach from being collected.",
      "A name is a path such as releases/v1. Each change of any root has a greater revision; with"
          + " --expect a change is made only if nobody else was faster."
    },
    footer = {
      "",
      "Example:",
      "  kog root set releases/v1 3f1a2b3c",
      "  kog root set releases/v1 77ab41c0 --expect 12",
      "  kog root get releases/v1",
      "  kog root ls releases/",
      "  kog root rm releases/v1"
    })
final class RootCommand extends CommandGroup {

  @Mixin(name = "options")
  private final CommonOptions options;

  RootCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  /// The command with its subcommands.
  static CommandLine of(Terminal terminal) {
    return new CommandLine(new RootCommand(terminal))
        .addSubcommand(new RootSetCommand(terminal))
        .addSubcommand(new RootGetCommand(terminal))
        .addSubcommand(new RootListCommand(terminal))
        .addSubcommand(new RootRemoveCommand(terminal));
  }
}
