package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.Root;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `kog root ls`.
///
/// **Threading:** one thread.
@Command(
    name = "ls",
    description = "List names: revision, when it was set, name and ref.",
    footer = {"", "Example:", "  kog root ls", "  kog root ls releases/"})
final class RootListCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "PREFIX",
      description = "Only names that begin so.")
  private String prefix = "";

  RootListCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    try (Fabric fabric = options.connect()) {
      List<Root> roots =
          fabric.roots().all().stream().filter(root -> root.name().startsWith(prefix)).toList();
      String text = roots.stream().map(RootListCommand::line).collect(Collectors.joining("\n"));
      options.print(
          text, new Json().with("roots", roots.stream().map(RootListCommand::json).toList()));
      return ExitCode.OK.code();
    }
  }

  private static String line(Root root) {
    return "%8d  %s  %s  %s".formatted(root.revision(), root.setAt(), root.name(), root.ref());
  }

  static Json json(Root root) {
    return new Json()
        .with("name", root.name())
        .with("revision", root.revision())
        .with("ref", root.ref())
        .with("set_at", root.setAt());
  }
}
