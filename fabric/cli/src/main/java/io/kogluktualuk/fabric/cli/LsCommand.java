package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.Fabric;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `kog ls`.
///
/// **Threading:** one thread.
@Command(
    name = "ls",
    description = "List a tree: kind, length, hash and name of each entry.",
    footer = {"", "Example:", "  kog ls 9c2e41aa", "  kog ls tree:9c2e…:142/bin"})
final class LsCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(paramLabel = "REF[/PATH]", description = "The tree, or a path in one.")
  private String ref = "";

  LsCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    try (Fabric fabric = options.connect()) {
      Ref tree = TreePath.find(fabric, ref);
      if (options.isJson()) {
        List<Json> listed = new ArrayList<>();
        for (Map.Entry<String, Ref> entry : fabric.trees().open(tree)) {
          listed.add(RefText.json(entry.getValue()).with("name", entry.getKey()));
        }
        options.print("", RefText.json(tree).with("entries", listed));
      } else {
        for (Map.Entry<String, Ref> entry : fabric.trees().open(tree)) {
          options.terminal().line(line(entry.getKey(), entry.getValue()));
        }
      }
    }
    return ExitCode.OK.code();
  }

  private static String line(String name, Ref entry) {
    return "%-5s %14d  %s  %s"
        .formatted(
            entry.kind().word(), entry.length(), entry.hash().toHex(), RefText.printable(name));
  }
}
