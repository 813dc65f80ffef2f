package io.kogluktualuk.fabric.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `kog audit` alone: it needs a subcommand.
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
final class AuditCommand implements Runnable {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
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

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "expected a command: ls, verify or export");
  }
}
