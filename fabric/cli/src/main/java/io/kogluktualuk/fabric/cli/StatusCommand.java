package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.ClusterStatus;
import io.kogluktualuk.fabric.client.operator.Operator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `kog status`.
///
/// **Threading:** one thread.
@Command(
    name = "status",
    description = {
      "Show the nodes of the cluster: how full, how busy, since when silent.",
      "Exits with 5 when no cluster runs, or one of its nodes does not answer."
    },
    footer = {"", "Example:", "  kog status"})
final class StatusCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  StatusCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    try (Fabric fabric = options.connect()) {
      ClusterStatus status = Operator.of(fabric).status();
      options.print(StatusText.table(status), StatusText.json(status));
      return (status.isHealthy() ? ExitCode.OK : ExitCode.UNAVAILABLE).code();
    }
  }
}
