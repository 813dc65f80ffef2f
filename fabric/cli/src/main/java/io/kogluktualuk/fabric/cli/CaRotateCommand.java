package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.trust.Authority;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `kog ca rotate`.
///
/// **Threading:** one thread.
@Command(
    name = "rotate",
    description = {
      "Change the authority's root without a break. First a new root is made, and both are trusted:"
          + " certify every node and client again, in any order. Then --finish forgets the old"
          + " root: what only it has certified is refused once the others have been certified again."
    },
    footer = {
      "",
      "Example:",
      "  kog ca rotate --ca north-ca",
      "  kog ca rotate --ca north-ca --finish"
    })
final class CaRotateCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Option(
      names = "--ca",
      paramLabel = "DIR",
      required = true,
      description = "The authority's folder.")
  private Path folder = Path.of("");

  @Option(names = "--finish", description = "Forget the old root.")
  private boolean finish;

  CaRotateCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    Authority authority = Authority.open(options.terminal().folder().resolve(folder));
    if (finish) {
      authority.finishRotation();
    } else {
      authority.beginRotation();
    }
    String next = finish ? "forgotten; certify all" : "made; certify all nodes and clients";
    options.print(
        "%s root of cluster %s %s again"
            .formatted(finish ? "the old" : "a new", authority.cluster(), next),
        CaView.of(authority));
    return ExitCode.OK.code();
  }
}
