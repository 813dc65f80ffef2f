package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.pipeline.SetAside;
import io.kogluktualuk.fabric.pipeline.SetAsideFolder;
import io.kogluktualuk.fabric.pipeline.SetAsideFolder.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `kog pipeline retry`.
///
/// **Threading:** one thread.
@Command(
    name = "retry",
    description = {
      "Have a stage try again what it has set aside.",
      "While the stage runs it is asked to, and this waits for what comes of it; one that is set"
          + " aside again ends in status 9. A stage that does not run finds the request when it"
          + " starts. Asks no cluster."
    },
    footer = {
      "",
      "Example:",
      "  kog pipeline retry --folder /var/lib/thumbnails resize 3f1a2b3c",
      "  kog pipeline retry --folder /var/lib/thumbnails resize --all --timeout 1m"
    })
final class PipelineRetryCommand implements Callable<Integer> {

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

  PipelineRetryCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    SetAsideFolder folder = choice.folder(options.terminal());
    ExitCode exit = ExitCode.OK;
    List<String> lines = new ArrayList<>();
    List<Json> all = new ArrayList<>();
    for (SetAside one : choice.chosen(folder.stage(choice.stage()), isAll)) {
      Outcome outcome = folder.retry(choice.stage(), one, LimitOptions.time(timeout));
      exit = outcome instanceof Outcome.Again ? ExitCode.FAILED : exit;
      lines.add(
          one.envelope().id().toHex().substring(0, 16) + "  " + SetAsideText.sentence(outcome));
      all.add(SetAsideText.json(one, outcome));
    }
    options.print(String.join("\n", lines), new Json().with("envelopes", all));
    return exit.code();
  }
}
