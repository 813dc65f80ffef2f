package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.namespace.TreeDiff.Difference;
import io.kogluktualuk.fabric.namespace.TreeDiff.Difference.Added;
import io.kogluktualuk.fabric.namespace.TreeDiff.Difference.Changed;
import io.kogluktualuk.fabric.namespace.TreeDiff.Difference.Removed;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `kog ns diff`.
///
/// **Threading:** one thread.
@Command(
    name = "diff",
    description = {
      "List what differs: '+' was added, '-' removed, '~' is another value. Directories that are"
          + " the same in both are not read.",
      "A directory that only one of them has is one line, whatever is in it."
    },
    footer = {"", "Example:", "  kog ns diff 9c2e41aa releases/v1"})
final class NsDiffCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(index = "0", paramLabel = "NS", description = "The name of a root, or a REF.")
  private String before = "";

  @Parameters(index = "1", paramLabel = "NS", description = "What to compare it with.")
  private String after = "";

  NsDiffCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    try (Fabric fabric = options.connect()) {
      Ref from = NamespaceArgument.value(fabric, before);
      Ref to = NamespaceArgument.value(fabric, after);
      List<Difference> found = new ArrayList<>();
      fabric.trees().diff(from, to, found::add);
      options.print(
          found.stream().map(NsDiffCommand::line).collect(Collectors.joining("\n")),
          new Json()
              .with("before", from)
              .with("after", to)
              .with("differences", found.stream().map(NsDiffCommand::json).toList()));
      return ExitCode.OK.code();
    }
  }

  private static String line(Difference difference) {
    String path = RefText.printable(difference.path().toString());
    return switch (difference) {
      case Added(var _, Ref ref) -> "+ " + path + "  " + RefText.brief(ref);
      case Removed(var _, Ref ref) -> "- " + path + "  " + RefText.brief(ref);
      case Changed(var _, Ref from, Ref to) ->
          "~ " + path + "  " + RefText.brief(from) + " → " + RefText.brief(to);
    };
  }

  private static Json json(Difference difference) {
    Json json = new Json().with("path", difference.path().toString());
    return switch (difference) {
      case Added(var _, Ref ref) -> json.with("before", null).with("after", ref);
      case Removed(var _, Ref ref) -> json.with("before", ref).with("after", null);
      case Changed(var _, Ref from, Ref to) -> json.with("before", from).with("after", to);
    };
  }
}
