package io.kogluktualuk.fabric.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `kog ca`: what its subcommands have in common.
///
/// **Threading:** one thread.
@Command(
    name = "ca",
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "The cluster's own certificate authority: who is who, proven by TLS.",
      "The authority's folder holds the keys that everything rests on. Keep it away from the"
          + " nodes; they need only what 'kog ca issue' writes for each."
    },
    footer = {
      "",
      "Example:",
      "  kog ca init --cluster north --to north-ca",
      "  kog ca issue --ca north-ca --role memory --name memory-1 \\",
      "      --host 10.0.0.5 --to memory-1",
      "  kog ca show north-ca",
      "",
      "New roots without a break:",
      "  kog ca rotate --ca north-ca            # both roots are trusted",
      "  kog ca issue ...                       # for each node and client",
      "  kog ca rotate --ca north-ca --finish   # the old root is forgotten",
      "  kog ca issue ...                       # once more: takes it from them"
    })
final class CaCommand extends CommandGroup {

  @Mixin(name = "options")
  private final CommonOptions options;

  CaCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  /// The command with its subcommands.
  static CommandLine of(Terminal terminal) {
    return new CommandLine(new CaCommand(terminal))
        .addSubcommand(new CaInitCommand(terminal))
        .addSubcommand(new CaIssueCommand(terminal))
        .addSubcommand(new CaRotateCommand(terminal))
        .addSubcommand(new CaShowCommand(terminal));
  }
}
