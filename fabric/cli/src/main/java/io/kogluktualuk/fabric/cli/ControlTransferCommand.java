package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.controlplane.api.ChangePlane;
import io.kogluktualuk.controlplane.api.PlaneStatus;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `kog control transfer`.
///
/// **Threading:** one thread.
@Command(
    name = "transfer",
    description = "Make a control node the leader of all logs.",
    footer = {"", "Example:", "  kog control transfer control-1"})
final class ControlTransferCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(paramLabel = "NAME", description = "Which control node.")
  private String node = "";

  ControlTransferCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    try (Fabric fabric = options.connect()) {
      Operator.of(fabric).control().change(new ChangePlane.Transfer(node));
      PlaneStatus plane = Operator.of(fabric).plane();
      options.print(PlaneText.table(plane), PlaneText.json(plane));
      return ExitCode.OK.code();
    }
  }
}
