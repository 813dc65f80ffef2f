package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.controlplane.api.MemoLimit;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.units.ByteCount;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `kog control limit`.
///
/// **Threading:** one thread.
@Command(
    name = "limit",
    description = {
      "Limit the heap that outcomes and traces in the memo index may take at each control node;"
          + " traces get a quarter of it at most.",
      "Each needs a heap (-Xmx) of at least twice as much. A limit below what there is takes"
          + " nothing away: nothing new is remembered until it fits ('kog gc --outcomes')."
    },
    footer = {"", "Example:", "  kog control limit 2GiB"})
final class ControlLimitCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(paramLabel = "SIZE", description = "Such as 2GiB; at most 8GiB.")
  private String size = "";

  ControlLimitCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    ByteCount limit = ByteCount.parse(size);
    if (limit.bytes() > MemoLimit.BYTES_MAX) {
      throw new InvalidArgument(
          "the memo index cannot take "
              + limit
              + ": "
              + new ByteCount(MemoLimit.BYTES_MAX)
              + " is the most");
    }
    try (Fabric fabric = options.connect()) {
      Operator.of(fabric).control().setMemoLimit(new MemoLimit(limit.bytes()));
      options.print(
          "outcomes may take " + limit + " at each control node",
          new Json().with("outcome_limit_bytes", limit.bytes()));
      return ExitCode.OK.code();
    }
  }
}
