package io.kogluktualuk.fabric.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `kog control`: what its subcommands have in common.
///
/// **Threading:** one thread.
@Command(
    name = "control",
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "The nodes of the control plane: who leads, who lags, who comes and who goes.",
      "A node whose disk is lost does not come back under its old name: remove it, and add one"
          + " with a fresh name."
    },
    footer = {
      "",
      "Example:",
      "  kog control status",
      "  kog control limit 2GiB",
      "  kog control add control-4=10.0.0.9:7500",
      "  kog control remove control-2",
      "  kog control transfer control-1"
    })
final class ControlCommand extends CommandGroup {

  @Mixin(name = "options")
  private final CommonOptions options;

  ControlCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  /// The command with its subcommands.
  static CommandLine of(Terminal terminal) {
    return new CommandLine(new ControlCommand(terminal))
        .addSubcommand(new ControlStatusCommand(terminal))
        .addSubcommand(new ControlLimitCommand(terminal))
        .addSubcommand(new ControlAddCommand(terminal))
        .addSubcommand(new ControlRemoveCommand(terminal))
        .addSubcommand(new ControlTransferCommand(terminal));
  }
}
