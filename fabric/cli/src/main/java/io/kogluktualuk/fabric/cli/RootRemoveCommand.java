package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.Roots;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `kog root rm`.
///
/// **Threading:** one thread.
@Command(
    name = "rm",
    description = "Take a name away. What only it reached may be collected from then on.",
    footer = {"", "Example:", "  kog root rm releases/v1"})
final class RootRemoveCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(index = "0", paramLabel = "NAME", description = "The name of the root.")
  private String name = "";

  @Option(
      names = "--expect",
      paramLabel = "REVISION",
      description = "Only if the root has this revision still; 0: only if there is none.")
  private @Nullable Long expected;

  RootRemoveCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    try (Fabric fabric = options.connect()) {
      Roots roots = fabric.roots();
      long revision =
          expected == null ? roots.remove(name) : roots.compareAndRemove(name, expected);
      options.print(
          "revision " + revision, new Json().with("name", name).with("revision", revision));
      return ExitCode.OK.code();
    }
  }
}
