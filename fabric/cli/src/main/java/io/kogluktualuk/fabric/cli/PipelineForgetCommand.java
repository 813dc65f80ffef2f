package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.Fabric;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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

  @Mixin private final SetAsideOrder order = new SetAsideOrder();

  PipelineForgetCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    order.carryOut(
        options,
        (folder, stage, one, patience) -> folder.forget(stage, one, patience, this::removeRoot));
    return ExitCode.OK.code();
  }

  private void removeRoot(String path) {
    try (Fabric fabric = options.connect()) {
      fabric.roots().remove(path);
    }
  }
}
