package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.trust.Authority;
import io.kogluktualuk.fabric.trust.Identity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `kog ca show`.
///
/// **Threading:** one thread.
@Command(
    name = "show",
    description =
        "Show an authority's roots, or check the files of a certified node or client and show who"
            + " it is and until when.",
    footer = {"", "Example:", "  kog ca show north-ca", "  kog ca show memory-1 --json"})
final class CaShowCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(paramLabel = "DIR", description = "The folder of an authority or an identity.")
  private Path folder = Path.of("");

  CaShowCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    Path where = options.terminal().folder().resolve(folder);
    if (Files.exists(where.resolve("certificate.pem"))) {
      Identity identity = Identity.open(where);
      options.print(CaView.text(identity), CaView.of(identity.subject(), identity.certificate()));
    } else {
      Authority authority = Authority.open(where);
      options.print(CaView.text(authority), CaView.of(authority));
    }
    return ExitCode.OK.code();
  }
}
