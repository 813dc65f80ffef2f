package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.controlplane.api.ChangePlane;
import io.kogluktualuk.controlplane.api.PlaneStatus;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `kog control remove`.
///
/// **Threading:** one thread.
@Command(
    name = "remove",
    description = {
      "Let a control node go for good; its name is not used again.",
      "Refused while fewer than a majority of those who stay answer."
    },
    footer = {"", "Example:", "  kog control remove control-2"})
final class ControlRemoveCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(paramLabel = "NAME", description = "Which control node.")
  private String node = "";

  @Option(names = "--force", description = "Also when too few of the others answer.")
  private boolean force;

  ControlRemoveCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    try (Fabric fabric = options.connect()) {
      Operator.of(fabric).control().change(new ChangePlane.Remove(node, force));
      PlaneStatus plane = Operator.of(fabric).control().plane();
      options.print(PlaneText.table(plane), PlaneText.json(plane));
      return ExitCode.OK.code();
    }
  }
}
