package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.controlplane.api.AuditHead;
import io.kogluktualuk.fabric.client.Fabric;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `kog audit export`.
///
/// **Threading:** one thread.
@Command(
    name = "export",
    description =
        "Write the audit log to a file of lines, which 'kog audit verify --file' can check.",
    footer = {"", "Example:", "  kog audit export audit.txt"})
final class AuditExportCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(index = "0", paramLabel = "FILE", description = "The file; it must not exist yet.")
  private Path file = Path.of("");

  AuditExportCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    try (Fabric fabric = options.connect()) {
      AuditHead head = AuditFile.write(options.terminal().folder().resolve(file), fabric);
      options.print(
          "entries up to " + head.sequence() + ", hash " + head.hash().toHex(),
          new Json().with("sequence", head.sequence()).with("hash", head.hash()));
      return ExitCode.OK.code();
    }
  }
}
