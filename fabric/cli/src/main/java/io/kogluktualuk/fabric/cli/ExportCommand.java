package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.ExportReport;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.units.ByteCount;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `kog export`.
///
/// **Threading:** one thread.
@Command(
    name = "export",
    description = {
      "Write a tree as a directory.",
      "The directory is made, or must be empty. Files get the usual permissions: a tree keeps no"
          + " executable bits. Nothing is written outside the directory."
    },
    footer = {"", "Example:", "  kog export 9c2e41aa ./restored"})
final class ExportCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(index = "0", paramLabel = "REF[/PATH]", description = "The tree.")
  private String ref = "";

  @Parameters(index = "1", paramLabel = "DIR", description = "Where to write it.")
  private @Nullable Path directory;

  @Option(
      names = "--force",
      description = "Write into a directory that is not empty, replacing files of the same names.")
  private boolean force;

  ExportCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    try (Fabric fabric = options.connect()) {
      Ref tree = TreePath.find(fabric, ref);
      Path target = options.terminal().folder().resolve(String.valueOf(directory));
      ExportReport report = fabric.trees().exportDirectory(tree, target, force);
      options.print(
          "%d files in %d directories, %s"
              .formatted(report.files(), report.directories(), new ByteCount(report.bytes())),
          RefText.json(tree)
              .with("directory", target.toString())
              .with("files", report.files())
              .with("directories", report.directories())
              .with("bytes", report.bytes()));
    }
    return ExitCode.OK.code();
  }
}
