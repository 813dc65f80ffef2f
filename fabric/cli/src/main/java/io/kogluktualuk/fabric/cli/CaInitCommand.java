package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.trust.Authority;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `kog ca init`.
///
/// **Threading:** one thread.
@Command(
    name = "init",
    description = "Make the authority of a new cluster: a root key and its certificate.",
    footer = {"", "Example:", "  kog ca init --cluster north --to north-ca"})
final class CaInitCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Option(
      names = "--cluster",
      paramLabel = "NAME",
      required = true,
      description = "What the cluster is called: 1 to 63 of a-z, 0-9, '.', '-'.")
  private String cluster = "";

  @Option(
      names = "--to",
      paramLabel = "DIR",
      required = true,
      description = "The authority's folder; made with mode 0700.")
  private Path folder = Path.of("");

  CaInitCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    Path where = options.terminal().folder().resolve(folder);
    Authority authority = Authority.create(where, cluster);
    options.print(
        "authority of cluster " + cluster + " made in " + where,
        CaView.of(authority).with("folder", where.toString()));
    return ExitCode.OK.code();
  }
}
