package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.namespace.NamePath;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `kog ns mv`.
///
/// **Threading:** one thread.
@Command(
    name = "mv",
    description = "Move a path and all below it. What is at the new place has to be removed first.",
    footer = {"", "Example:", "  kog ns mv releases/v1 /data/new /data/trades"})
final class NsMoveCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(index = "0", paramLabel = "NS", description = "The name of a root, or a REF.")
  private String namespace = "";

  @Parameters(index = "1", paramLabel = "FROM", description = "What to move.")
  private String from = "";

  @Parameters(index = "2", paramLabel = "TO", description = "The path that it shall have.")
  private String to = "";

  NsMoveCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    NamePath source = NamePath.parse(from);
    NamePath target = NamePath.parse(to);
    try (Fabric fabric = options.connect()) {
      return NamespaceArgument.edit(
          options, fabric, namespace, false, editor -> editor.move(source, target));
    }
  }
}
