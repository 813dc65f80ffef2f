package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `kog control status`.
///
/// **Threading:** one thread.
@Command(
    name = "status",
    description = "Show the control nodes, and the leader, the term and the lag of each log.",
    footer = {"", "Example:", "  kog control status --json"})
final class ControlStatusCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  ControlStatusCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    try (Fabric fabric = options.connect()) {
      options.print(
          PlaneText.table(Operator.of(fabric).plane()),
          PlaneText.json(Operator.of(fabric).plane()));
      return ExitCode.OK.code();
    }
  }
}
