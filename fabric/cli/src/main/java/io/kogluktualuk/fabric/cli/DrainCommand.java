package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Draining;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.client.operator.Patience;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `kog drain`.
///
/// **Threading:** one thread.
@Command(
    name = "drain",
    description = {
      "Have a memory or compute node take nothing new, so that it can be stopped.",
      "A compute node finishes what runs. A memory node goes on serving what it has; what has no"
          + " other copy is copied elsewhere."
    },
    footer = {"", "Example:", "  kog drain compute-1 --wait", "  kog drain compute-1 --undo"})
final class DrainCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(paramLabel = "NODE", description = "The node's name, as 'kog status' shows it.")
  private String node = "";

  @Option(names = "--undo", description = "Have it take new things again.")
  private boolean undo;

  @Option(
      names = "--wait",
      description =
          "Wait until it can be stopped: nothing runs on it, and others have the copies it has to"
              + " hand over.")
  private boolean wait;

  @Mixin(name = "timeout")
  private final TimeoutOption timeout = new TimeoutOption("10m");

  DrainCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() throws InterruptedException {
    Patience patience = timeout.patience();
    try (Fabric fabric = options.connect()) {
      Member member = Operator.of(fabric).member(node);
      if (member.info().role() == Role.CONTROL) {
        throw new InvalidArgument("control nodes are not drained: a leader hands over as it stops");
      }
      Operator.of(fabric).control().drain(member.info().id(), !undo);
      if (wait && !undo) {
        awaitEmpty(fabric, patience);
      }
      String state = undo ? "active" : wait ? "drained" : "draining";
      options.print(
          node + " is " + state + next(member.info().role(), state),
          new Json().with("node", node).with("state", state));
      return ExitCode.OK.code();
    }
  }

  private static String next(Role role, String state) {
    if (!state.equals("drained")) {
      return "";
    }
    return role == Role.MEMORY
        ? ": all it had is elsewhere, it can be stopped and then forgotten with 'kog forget'"
        : ": nothing runs there, it can be stopped";
  }

  private void awaitEmpty(Fabric fabric, Patience patience) throws InterruptedException {
    String[] shown = {""};
    patience.until(
        () -> {
          Draining draining = Operator.of(fabric).draining(node);
          if (!draining.isDone() && !draining.left().equals(shown[0])) {
            shown[0] = draining.left();
            options.tell(node + ": " + shown[0]);
          }
          return draining.isDone();
        },
        () ->
            node
                + " is not drained within "
                + timeout
                + ": "
                + shown[0]
                + "; it drains on, unless it is told otherwise by --undo");
  }
}
