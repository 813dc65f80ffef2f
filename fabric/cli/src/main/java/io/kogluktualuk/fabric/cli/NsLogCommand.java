package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.client.operator.RootChange;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `kog ns log`.
///
/// **Threading:** one thread.
@Command(
    name = "log",
    description = {
      "List what a root has named, oldest first, as far as the audit log goes back; its chain is"
          + " checked on the way.",
      "What it named before may have been collected since."
    },
    footer = {"", "Example:", "  kog ns log releases/v1 --last 5"})
final class NsLogCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(index = "0", paramLabel = "NAME", description = "The name of the root.")
  private String name = "";

  @Option(
      names = "--last",
      paramLabel = "N",
      description = "Only so many of the latest. Default: ${DEFAULT-VALUE}.")
  private int last = 1000;

  NsLogCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    if (last < 1) {
      throw new InvalidArgument("--last: expected a number above 0, found " + last);
    }
    try (Fabric fabric = options.connect()) {
      Latest<RootChange> latest = new Latest<>(last);
      Operator.of(fabric).readRootLog(name, latest::add);
      options.print(
          latest.all().stream().map(NsLogCommand::line).collect(Collectors.joining("\n")),
          new Json()
              .with("name", name)
              .with("changes", latest.all().stream().map(NsLogCommand::json).toList()));
      return ExitCode.OK.code();
    }
  }

  private static String line(RootChange change) {
    return "%6d  %s  %s  (%s)"
        .formatted(
            change.sequence(),
            Instant.ofEpochMilli(change.atMillis()),
            text(change.after()),
            RefText.printable(change.who()));
  }

  private static String text(@Nullable Ref ref) {
    return ref == null ? "removed" : ref.toString();
  }

  private static Json json(RootChange change) {
    return new Json()
        .with("audit", change.sequence())
        .with("at", Instant.ofEpochMilli(change.atMillis()))
        .with("who", change.who())
        .with("before", change.before())
        .with("after", change.after());
  }
}
