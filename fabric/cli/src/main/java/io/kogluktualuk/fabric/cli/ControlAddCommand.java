package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.controlplane.api.ChangePlane;
import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.PlaneStatus;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `kog control add`.
///
/// **Threading:** one thread. **Bound:** [#ATTEMPTS_MAX] attempts, each as long as a call may take.
@Command(
    name = "add",
    description = {
      "Take a control node in, and wait until it has what the others have.",
      "Start it first, as joining, with all peers: the command says which when it cannot reach it."
    },
    footer = {"", "Example:", "  kog control add control-4=10.0.0.9:7500"})
final class ControlAddCommand implements Callable<Integer> {

  private static final int ATTEMPTS_MAX = 30;

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(
      paramLabel = "NAME=HOST:PORT",
      description = "What it is called, and where its consensus port is.")
  private String node = "";

  ControlAddCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    ChangePlane.Add add = parse(node);
    try (Fabric fabric = options.connect()) {
      ControlClient control = Operator.of(fabric).control();
      PlaneStatus before = control.plane();
      try {
        addTo(control, add);
      } catch (InvalidArgument | DeadlineExceeded | Unavailable e) {
        throw FabricException.ofTag(e.tag(), e.getMessage() + "; " + howToStart(before));
      }
      PlaneStatus after = control.plane();
      options.print(PlaneText.table(after), PlaneText.json(after));
      return ExitCode.OK.code();
    }
  }

  /// Asks again while the new node is still being filled.
  private void addTo(ControlClient control, ChangePlane.Add add) {
    for (int attempt = 1; ; attempt++) {
      try {
        control.change(add);
        return;
      } catch (DeadlineExceeded | Unavailable e) {
        if (attempt == ATTEMPTS_MAX) {
          throw e;
        }
        options.terminal().err().println("kog: not yet: " + e.getMessage());
        options.terminal().err().println(PlaneText.table(control.plane()));
      }
    }
  }

  private String howToStart(PlaneStatus plane) {
    String peers =
        plane.nodes().stream()
            .map(each -> '"' + each.id() + '=' + each.consensus() + '"')
            .collect(Collectors.joining(", "));
    return "the new node must run on an empty folder, as joining, with control.peers = ["
        + peers
        + ", \""
        + node
        + "\"]";
  }

  private static ChangePlane.Add parse(String text) {
    int equals = text.indexOf('=');
    int colon = text.lastIndexOf(':');
    try {
      return new ChangePlane.Add(
          text.substring(0, equals),
          text.substring(equals + 1, colon),
          Integer.parseInt(text.substring(colon + 1)));
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new InvalidArgument("expected NAME=HOST:PORT, found '" + text + "'", e);
    }
  }
}
