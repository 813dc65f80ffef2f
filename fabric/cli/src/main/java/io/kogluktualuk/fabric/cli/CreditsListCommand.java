package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.AccountUse;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.units.ByteCount;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `kog credits ls`.
///
/// **Threading:** one thread.
@Command(
    name = "ls",
    description = "List accounts: limit, allotted to memory nodes, charged there, and who waits.",
    footer = {"", "Example:", "  kog credits ls"})
final class CreditsListCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  CreditsListCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    try (Fabric fabric = options.connect()) {
      List<AccountUse> uses = Operator.of(fabric).credits();
      options.print(
          uses.stream().map(CreditsListCommand::line).collect(Collectors.joining("\n")),
          new Json().with("accounts", uses.stream().map(CreditsListCommand::json).toList()));
      return ExitCode.OK.code();
    }
  }

  private static String line(AccountUse use) {
    String waiting =
        use.waiting() == 0
            ? ""
            : " · %d wait for %s".formatted(use.waiting(), size(use.waitingBytes()));
    return "%-16s limit %s · %s allotted · %s charged%s"
        .formatted(
            use.account(),
            use.isLimited() ? size(use.limitBytes()) : "none",
            size(use.allottedBytes()),
            size(use.chargedBytes()),
            waiting);
  }

  private static String size(long bytes) {
    return new ByteCount(bytes).toString();
  }

  private static Json json(AccountUse use) {
    return new Json()
        .with("account", use.account().name())
        .with("limit_bytes", use.isLimited() ? use.limitBytes() : null)
        .with("allotted_bytes", use.allottedBytes())
        .with("charged_bytes", use.chargedBytes())
        .with("waiting", use.waiting())
        .with("waiting_bytes", use.waitingBytes());
  }
}
