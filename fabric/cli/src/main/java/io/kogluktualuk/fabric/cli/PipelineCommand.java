package io.kogluktualuk.fabric.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `kog pipeline`: what its subcommands have in common.
///
/// **Threading:** one thread.
@Command(
    name = "pipeline",
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "What stages of pipelines have set aside because they could not get it done.",
      "Each stage has a journal of that in the folder that its pipeline was given. Nobody but the"
          + " stage writes it while the stage runs: what is asked for is left beside it, and the"
          + " stage carries it out. The values are kept by roots pipeline/PIPELINE/STAGE/ID."
    },
    footer = {
      "",
      "Example:",
      "  kog pipeline ls",
      "  kog pipeline ls --folder /var/lib/thumbnails",
      "  kog pipeline show --folder /var/lib/thumbnails resize",
      "  kog pipeline retry --folder /var/lib/thumbnails resize 3f1a2b3c",
      "  kog pipeline forget --folder /var/lib/thumbnails resize --all"
    })
final class PipelineCommand extends CommandGroup {

  @Mixin(name = "options")
  private final CommonOptions options;

  PipelineCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  /// The command with its subcommands.
  static CommandLine of(Terminal terminal) {
    return new CommandLine(new PipelineCommand(terminal))
        .addSubcommand(new PipelineListCommand(terminal))
        .addSubcommand(new PipelineShowCommand(terminal))
        .addSubcommand(new PipelineRetryCommand(terminal))
        .addSubcommand(new PipelineForgetCommand(terminal));
  }
}
