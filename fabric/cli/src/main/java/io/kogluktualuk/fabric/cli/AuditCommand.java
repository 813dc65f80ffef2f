package io.kogluktualuk.fabric.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `kog audit`: what its subcommands have in common.
///
/// **Threading:** one thread.
@Command(
    name = "audit",
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "What was done to the cluster, by whom: members, roots, limits, revoked leases,"
          + " disagreements about outcomes.",
      "Every entry names the hash of the one before, so nothing in it can be changed, left out or"
          + " put in without a trace."
    },
    footer = {
      "",
      "Example:",
      "  kog audit ls",
      "  kog audit verify",
      "  kog audit export audit.txt",
      "  kog audit verify --file audit.txt   # needs no cluster"
    })
final class AuditCommand extends CommandGroup {

  @Mixin(name = "options")
  private final CommonOptions options;

  AuditCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  /// The command with its subcommands.
  static CommandLine of(Terminal terminal) {
    return new CommandLine(new AuditCommand(terminal))
        .addSubcommand(new AuditListCommand(terminal))
        .addSubcommand(new AuditVerifyCommand(terminal))
        .addSubcommand(new AuditExportCommand(terminal));
  }
}
