package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.computenode.api.ComputeStatus;
import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.fabric.client.ClusterStatus;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.fault.DeadlineExceeded;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.rpc.Deadline;
import io.kogluktualuk.memnode.api.MemoryStatus;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
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

  private static final long LOOK_EVERY_MILLIS = 200;

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(paramLabel = "NODE", description = "The node's name, as 'kog status' shows it.")
  private String node = "";

  @Option(names = "--undo", description = "Have it take new things again.")
  private boolean undo;

  @Option(names = "--wait", description = "Wait until it has nothing left to finish.")
  private boolean wait;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "How long to wait. Default: ${DEFAULT-VALUE}.")
  private String timeout = "10m";

  DrainCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() throws InterruptedException {
    Deadline deadline = Deadline.after(LimitOptions.time(timeout));
    try (Fabric fabric = options.connect()) {
      Member member = member(fabric);
      fabric.control().drain(member.info().id(), !undo);
      if (wait && !undo) {
        awaitEmpty(fabric, deadline);
      }
      String state = undo ? "active" : wait ? "drained" : "draining";
      options.print(node + " is " + state, new Json().with("node", node).with("state", state));
      return ExitCode.OK.code();
    }
  }

  private Member member(Fabric fabric) {
    var members = fabric.control().members().members();
    Member member =
        members.stream()
            .filter(one -> one.info().name().equals(node))
            .findFirst()
            .orElseThrow(
                () ->
                    new NotFound(
                        "no member is called '"
                            + node
                            + "'; there are "
                            + members.stream()
                                .map(one -> one.info().name())
                                .collect(Collectors.joining(", "))));
    if (member.info().role() == Role.CONTROL) {
      throw new InvalidArgument("control nodes are not drained: a leader hands over as it stops");
    }
    return member;
  }

  private void awaitEmpty(Fabric fabric, Deadline deadline) throws InterruptedException {
    while (true) {
      String left = left(fabric.status());
      if (left.isEmpty()) {
        return;
      }
      if (deadline.hasPassed()) {
        throw new DeadlineExceeded(node + " is not drained within " + timeout + ": " + left);
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
    }
  }

  /// What the node has still to finish, in words; empty for nothing.
  private String left(ClusterStatus status) {
    for (ClusterStatus.Node one : status.nodes()) {
      if (one.member().info().name().equals(node)) {
        return one.member().state() == MemberState.DRAINING ? left(one.state()) : "not told yet";
      }
    }
    throw new NotFound(node + " is not a member any more");
  }

  private static String left(ClusterStatus.State state) {
    return switch (state) {
      case ClusterStatus.Compute(ComputeStatus c) ->
          c.running() + c.queued() + c.runs() + c.unpublished() == 0
              ? ""
              : c.running()
                  + " running, "
                  + c.queued()
                  + " queued, "
                  + c.unpublished()
                  + " unsaved";
      // Its copies are made by the others; how far they are, they say.
      case ClusterStatus.Memory(MemoryStatus m) ->
          m.windowsOpen() == 0 ? "" : m.windowsOpen() + " windows open";
      case ClusterStatus.Control _ -> "";
      case ClusterStatus.Unreachable(String reason) -> reason;
    };
  }
}
