package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.Fabric;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `kog put`.
///
/// **Threading:** one thread.
@Command(
    name = "put",
    description = {
      "Store a file, or standard input, and print its ref.",
      "Long content is cut into chunks; chunks that are already stored are not sent again."
    },
    footer = {"", "Example:", "  kog put trades.txt", "  zcat trades.gz | kog put -"})
final class PutCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(paramLabel = "FILE", description = "The file to store; - for standard input.")
  private String file = "";

  PutCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() throws IOException {
    Terminal terminal = options.terminal();
    try (Fabric fabric = options.connect()) {
      Ref ref =
          file.equals("-")
              ? fabric.put(terminal.in())
              : fabric.put(terminal.folder().resolve(file));
      options.print(ref.toString(), RefText.json(ref));
    }
    return ExitCode.OK.code();
  }
}
