package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.lease.Account;
import io.kogluktualuk.fabric.units.ByteCount;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `kog credits limit`.
///
/// **Threading:** one thread.
@Command(
    name = "limit",
    description = {
      "Limit what an account may keep from being evicted, on all memory nodes together.",
      "A limit below what it has takes nothing away: it gets nothing more until it fits."
    },
    footer = {"", "Example:", "  kog credits limit nightly 64GiB"})
final class CreditsLimitCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(index = "0", paramLabel = "ACCOUNT", description = "The account.")
  private String account = "";

  @Parameters(index = "1", paramLabel = "SIZE", description = "Such as 64GiB.")
  private String size = "";

  CreditsLimitCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    ByteCount limit = ByteCount.parse(size);
    try (Fabric fabric = options.connect()) {
      Operator.of(fabric).limitCredits(new Account(account), limit.bytes());
      options.print(
          account + " may keep " + limit,
          new Json().with("account", account).with("limit_bytes", limit.bytes()));
      return ExitCode.OK.code();
    }
  }
}
