package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.CollectionReport;
import io.kogluktualuk.fabric.client.operator.Operator;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `kog gc`.
///
/// **Threading:** one thread.
@Command(
    name = "gc",
    description = {
      "Throw away sources that no root reaches, nobody holds, and that have been left alone for the"
          + " grace; say what stays, and why.",
      "What can be computed again is not collected: it goes when its room is needed.",
      "Exits with 5 when a memory node was passed over, or a root reaches something that is lost."
    },
    footer = {
      "",
      "Example:",
      "  kog gc --dry-run",
      "  kog gc --grace 1h",
      "  kog gc --outcomes 2160h"
    })
final class GcCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Option(names = "--dry-run", description = "Only say what would be collected.")
  private boolean dryRun;

  @Option(
      names = "--grace",
      paramLabel = "TIME",
      description =
          "How long ago something must have been stored, or let go of, to be collected; longer than"
              + " the longest import takes before its root is set. Default: ${DEFAULT-VALUE}.")
  private String grace = "24h";

  @Option(
      names = "--outcomes",
      paramLabel = "TIME",
      description =
          "Also forget the outcomes that were recorded longer ago than this, unless a root reaches"
              + " their output. Who asks for one of them again has it computed again; what was made"
              + " by it and is lost by then stays lost. Default: none is forgotten.")
  private @Nullable String outcomes;

  GcCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    try (Fabric fabric = options.connect()) {
      CollectionReport report =
          Operator.of(fabric)
              .collect(
                  LimitOptions.time(grace),
                  outcomes == null ? null : LimitOptions.time(outcomes),
                  dryRun);
      options.print(CollectionText.table(report), CollectionText.json(report));
      return (report.isComplete() ? ExitCode.OK : ExitCode.UNAVAILABLE).code();
    }
  }
}
