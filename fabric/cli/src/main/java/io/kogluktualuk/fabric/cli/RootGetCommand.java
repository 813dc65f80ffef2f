package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.Root;
import io.kogluktualuk.fabric.fault.NotFound;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `kog root get`.
///
/// **Threading:** one thread.
@Command(
    name = "get",
    description = "Print the ref that a name stands for.",
    footer = {"", "Example:", "  kog root get releases/v1"})
final class RootGetCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(index = "0", paramLabel = "NAME", description = "The name of the root.")
  private String name = "";

  RootGetCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    try (Fabric fabric = options.connect()) {
      Root root = fabric.roots().get(name);
      if (root == null) {
        throw new NotFound("there is no root " + name);
      }
      options.print(root.ref().toString(), RootListCommand.json(root));
      return ExitCode.OK.code();
    }
  }
}
