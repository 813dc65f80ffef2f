package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.ImportReport;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `kog import`.
///
/// **Threading:** one thread.
@Command(
    name = "import",
    description = {
      "Store a directory and all below it as a tree, and print its ref.",
      "Regular files and directories only; executable bits, owners and times are not kept. Names"
          + " must be UTF-8."
    },
    footer = {"", "Example:", "  kog import ./src"})
final class ImportCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(paramLabel = "DIR", description = "The directory to store.")
  private @Nullable Path directory;

  @Option(
      names = "--skip-special",
      description =
          "Leave out symbolic links, devices, sockets and pipes, and say which; without this they"
              + " are an error.")
  private boolean skipSpecial;

  ImportCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    Terminal terminal = options.terminal();
    try (Fabric fabric = options.connect()) {
      Path source = terminal.folder().resolve(String.valueOf(directory));
      ImportReport report;
      try (ImportProgress progress = ImportProgress.of(options)) {
        report = fabric.trees().importDirectory(source, skipSpecial, progress);
      }
      if (!options.isJson()) {
        report.skipped().forEach(skipped -> terminal.err().println("kog: skipped " + skipped));
      }
      options.print(
          report.tree().toString(),
          RefText.json(report.tree())
              .with("files", report.files())
              .with("directories", report.directories())
              .with("bytes", report.bytes())
              .with("skipped", report.skipped()));
    }
    return ExitCode.OK.code();
  }
}
