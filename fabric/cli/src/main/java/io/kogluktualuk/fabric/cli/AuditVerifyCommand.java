package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.controlplane.api.AuditHead;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.AuditReport;
import io.kogluktualuk.fabric.client.operator.Operator;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `kog audit verify`.
///
/// **Threading:** one thread.
@Command(
    name = "verify",
    description = {
      "Follow the chain of the audit log from end to end, and compare all control nodes.",
      "Exits with 8 when a link is broken, an entry is missing, or a node has another log."
    },
    footer = {"", "Example:", "  kog audit verify", "  kog audit verify --file audit.txt"})
final class AuditVerifyCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "Check what 'kog audit export' has written instead; no cluster is needed.")
  private @Nullable Path file;

  AuditVerifyCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    if (file != null) {
      AuditHead head = AuditFile.verify(options.terminal().folder().resolve(file));
      return print(new AuditReport(head, head.sequence() - head.anchorSequence(), List.of()));
    }
    try (Fabric fabric = options.connect()) {
      return print(Operator.of(fabric).verifyAudit());
    }
  }

  private int print(AuditReport report) {
    StringBuilder text = new StringBuilder();
    text.append(report.entries()).append(" entries, the last with hash ");
    text.append(report.head().hash().toHex());
    for (AuditReport.Node node : report.nodes()) {
      text.append("\n%-12s %s".formatted(node.name(), word(node)));
      text.append(node.reason().isEmpty() ? "" : ": " + node.reason());
    }
    Json json =
        new Json()
            .with("whole", report.isSame())
            .with("entries", report.entries())
            .with("sequence", report.head().sequence())
            .with("hash", report.head().hash())
            .with("nodes", report.nodes().stream().map(AuditVerifyCommand::json).toList());
    options.print(text.toString(), json);
    return (report.isSame() ? ExitCode.OK : ExitCode.CORRUPTION).code();
  }

  private static Json json(AuditReport.Node node) {
    return new Json()
        .with("name", node.name())
        .with("verdict", word(node))
        .with("reason", node.reason());
  }

  private static String word(AuditReport.Node node) {
    return node.verdict().name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
