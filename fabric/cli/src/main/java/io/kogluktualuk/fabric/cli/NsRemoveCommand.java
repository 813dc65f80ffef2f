package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.namespace.NamePath;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `kog ns rm`.
///
/// **Threading:** one thread.
@Command(
    name = "rm",
    description = "Remove paths and all below them.",
    footer = {"", "Example:", "  kog ns rm releases/v1 /data/old /tmp"})
final class NsRemoveCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(index = "0", paramLabel = "NS", description = "The name of a root, or a REF.")
  private String namespace = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "PATH",
      description = "What to remove; all of it or nothing.")
  private List<String> paths = List.of();

  NsRemoveCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    List<NamePath> gone = paths.stream().map(NamePath::parse).toList();
    try (Fabric fabric = options.connect()) {
      return NamespaceArgument.edit(
          options, fabric, namespace, false, editor -> gone.forEach(editor::remove));
    }
  }
}
