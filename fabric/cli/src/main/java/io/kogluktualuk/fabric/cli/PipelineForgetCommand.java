package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.pipeline.SetAside;
import io.kogluktualuk.fabric.pipeline.SetAsideFolder;
import io.kogluktualuk.fabric.pipeline.SetAsideFolder.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `kog pipeline forget`.
///
/// **Threading:** one thread.
@Command(
    name = "forget",
    description = {
      "Forget what a stage has set aside, and give up the values.",
      "While the stage runs it is asked to. When it does not, its journal is changed here, and the"
          + " root that keeps the value is removed, for which the cluster has to be up."
    },
    footer = {
      "",
      "Example:",
      "  kog pipeline forget --folder /var/lib/thumbnails resize 3f1a2b3c 77ab41c0",
      "  kog pipeline forget --folder /var/lib/thumbnails resize --all"
    })
final class PipelineForgetCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Mixin private final SetAsideChoice choice = new SetAsideChoice();

  @Option(names = "--all", description = "All that the stage has set aside.")
  private boolean isAll;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "How long to wait for each. Default: ${DEFAULT-VALUE}.")
  private String timeout = "10s";

  PipelineForgetCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    SetAsideFolder folder = choice.folder(options.terminal());
    List<String> lines = new ArrayList<>();
    List<Json> all = new ArrayList<>();
    for (SetAside one : choice.chosen(folder.stage(choice.stage()), isAll)) {
      Outcome outcome =
          folder.forget(choice.stage(), one, LimitOptions.time(timeout), this::removeRoot);
      lines.add(
          one.envelope().id().toHex().substring(0, 16) + "  " + SetAsideText.sentence(outcome));
      all.add(SetAsideText.json(one, outcome));
    }
    options.print(String.join("\n", lines), new Json().with("envelopes", all));
    return ExitCode.OK.code();
  }

  private void removeRoot(String path) {
    try (Fabric fabric = options.connect()) {
      fabric.roots().remove(path);
    }
  }
}
