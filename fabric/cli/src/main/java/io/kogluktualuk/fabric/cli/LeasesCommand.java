package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.controlplane.api.Leases;
import io.kogluktualuk.controlplane.api.NodeId;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.lease.LeaseId;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `kog leases`.
///
/// **Threading:** one thread.
@Command(
    name = "leases",
    description = {
      "Show who has a lease on what the memory nodes hold, for whom, and for how long still.",
      "Exits with 5 when no cluster runs."
    },
    footer = {"", "Example:", "  kog leases", "  kog leases --revoke 00c1…"})
final class LeasesCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Option(
      names = "--revoke",
      paramLabel = "ID",
      description =
          "End this lease: memory nodes let go what is held under it. Its holder can get another.")
  private @Nullable String revoked;

  LeasesCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    try (Fabric fabric = options.connect()) {
      if (revoked != null) {
        NodeId digits = NodeId.parse(revoked);
        Operator.of(fabric).control().revoke(new LeaseId(digits.high(), digits.low()));
      }
      Leases leases = Operator.of(fabric).control().leases();
      String text =
          leases.leases().stream()
              .map(held -> line(held, left(held, leases)))
              .collect(Collectors.joining("\n"));
      options.print(
          text,
          new Json()
              .with(
                  "leases",
                  leases.leases().stream().map(held -> json(held, left(held, leases))).toList()));
      return ExitCode.OK.code();
    }
  }

  private static Duration left(Leases.Held held, Leases leases) {
    return Duration.ofMillis(Math.max(0, held.lease().expiresAtMillis() - leases.nowMillis()));
  }

  private static String line(Leases.Held held, Duration left) {
    return "%s  token %-8d  %-16s  %6d s left  %s"
        .formatted(
            held.id(),
            held.lease().proof().token(),
            held.lease().account(),
            left.toSeconds(),
            RefText.printable(held.holder()));
  }

  private static Json json(Leases.Held held, Duration left) {
    return new Json()
        .with("id", held.id().toString())
        .with("token", held.lease().proof().token())
        .with("account", held.lease().account().name())
        .with("left_seconds", left)
        .with("holder", held.holder());
  }
}
