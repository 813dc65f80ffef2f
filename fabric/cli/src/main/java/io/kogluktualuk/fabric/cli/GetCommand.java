package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.ContentStream;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `kog get`.
///
/// **Threading:** one thread.
@Command(
    name = "get",
    description = {
      "Write content to standard output or to a file.",
      "Every chunk is verified by its hash. A file appears only when it is complete; standard"
          + " output may have got a part when an error is found."
    },
    footer = {
      "",
      "Example:",
      "  kog get 3f1a2b3c -o trades.txt",
      "  kog get tree:9c2e…:142/bin/sort > sort.wasm"
    })
final class GetCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(paramLabel = "REF[/PATH]", description = "What to get; a path leads into a tree.")
  private String ref = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write to this file, replacing it.")
  private @Nullable Path output;

  GetCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    Terminal terminal = options.terminal();
    if (options.isJson() && output == null) {
      throw new InvalidArgument("--json needs --output: standard output is the content");
    }
    try (Fabric fabric = options.connect()) {
      Ref found = TreePath.find(fabric, ref);
      if (output != null) {
        fabric.get(found, terminal.folder().resolve(output));
        options.print("", RefText.json(found).with("file", output.toString()));
      } else {
        try (ContentStream stream = fabric.open(found)) {
          terminal.copy(stream);
        }
      }
    }
    return ExitCode.OK.code();
  }
}
