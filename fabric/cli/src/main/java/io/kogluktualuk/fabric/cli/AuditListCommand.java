package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.controlplane.api.AuditEntry;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `kog audit ls`.
///
/// **Threading:** one thread.
@Command(
    name = "ls",
    description = "List the entries of the audit log, oldest first.",
    footer = {"", "Example:", "  kog audit ls", "  kog audit ls --last 20"})
final class AuditListCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Option(
      names = "--last",
      paramLabel = "N",
      description = "Only so many of the latest. Default: ${DEFAULT-VALUE}.")
  private int last = 1000;

  AuditListCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    try (Fabric fabric = options.connect()) {
      Latest<AuditEntry> latest = new Latest<>(last);
      Operator.of(fabric).readAudit(latest::add);
      String text =
          latest.all().stream().map(AuditListCommand::line).collect(Collectors.joining("\n"));
      options.print(
          text,
          new Json().with("entries", latest.all().stream().map(AuditListCommand::json).toList()));
      return ExitCode.OK.code();
    }
  }

  private static String line(AuditEntry entry) {
    return "%6d  %s  %-18s  %s  (%s)"
        .formatted(
            entry.sequence(),
            Instant.ofEpochMilli(entry.atMillis()),
            RefText.printable(entry.what()),
            RefText.printable(entry.details()),
            RefText.printable(entry.who()));
  }

  private static Json json(AuditEntry entry) {
    return new Json()
        .with("sequence", entry.sequence())
        .with("at", Instant.ofEpochMilli(entry.atMillis()))
        .with("who", entry.who())
        .with("what", entry.what())
        .with("details", entry.details())
        .with("previous", entry.previous())
        .with("hash", entry.hash());
  }
}
