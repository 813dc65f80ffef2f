package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.controlplane.api.Member;
import io.kogluktualuk.controlplane.api.MemberState;
import io.kogluktualuk.controlplane.api.Role;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `kog forget`.
///
/// **Threading:** one thread.
@Command(
    name = "forget",
    description = {
      "Take a memory or compute node that is stopped for good out of the fabric.",
      "A memory node is drained before, or its copies are what is lost. One that still runs comes"
          + " back by itself."
    },
    footer = {"", "Example:", "  kog forget memory-3", "  # after: kog drain memory-3 --wait"})
final class ForgetCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(paramLabel = "NODE", description = "The node's name, as 'kog status' shows it.")
  private String node = "";

  @Option(
      names = "--force",
      description = "Also a memory node that is neither draining nor lost, or is still heard.")
  private boolean force;

  ForgetCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    try (Fabric fabric = options.connect()) {
      Member member = Operator.of(fabric).member(node);
      if (member.info().role() == Role.CONTROL) {
        throw new InvalidArgument(
            "a control node is removed with 'kog control remove " + node + "'");
      }
      if (!force) {
        requireGone(member);
      }
      Operator.of(fabric).control().forget(member.info().id());
      options.print(
          node + " is no member any more",
          new Json().with("node", node).with("id", member.info().id().toString()));
      return ExitCode.OK.code();
    }
  }

  private void requireGone(Member member) {
    if (member.state() == MemberState.ACTIVE && member.info().role() == Role.MEMORY) {
      throw new Conflict(
          node + " is active: drain it with 'kog drain " + node + " --wait', or use --force");
    }
    if (member.state() != MemberState.LOST && !member.isSilent()) {
      throw new Conflict(
          node
              + " was heard "
              + member.unheardMillis()
              + " ms ago: stop it first; it is taken for silent after some seconds");
    }
  }
}
