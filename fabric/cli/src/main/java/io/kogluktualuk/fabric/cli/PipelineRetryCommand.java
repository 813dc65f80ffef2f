package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.pipeline.SetAsideFolder;
import io.kogluktualuk.fabric.pipeline.SetAsideFolder.Outcome;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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

  @Mixin private final SetAsideOrder order = new SetAsideOrder();

  PipelineRetryCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    List<Outcome> outcomes = order.carryOut(options, SetAsideFolder::retry);
    boolean isAgain = outcomes.stream().anyMatch(Outcome.Again.class::isInstance);
    return (isAgain ? ExitCode.FAILED : ExitCode.OK).code();
  }
}
