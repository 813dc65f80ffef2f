package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.Roots;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `kog root set`.
///
/// **Threading:** one thread.
@Command(
    name = "set",
    description = {
      "Give a name to a value, which is then kept with all it reaches.",
      "What is lost of it is computed again first; if that cannot be done, the name is not set."
    },
    footer = {"", "Example:", "  kog root set releases/v1 3f1a2b3c"})
final class RootSetCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(index = "0", paramLabel = "NAME", description = "The name of the root.")
  private String name = "";

  @Parameters(index = "1", paramLabel = "REF", description = "What it shall name.")
  private String ref = "";

  @Option(
      names = "--expect",
      paramLabel = "REVISION",
      description = "Only if the root has this revision still; 0: only if there is none.")
  private @Nullable Long expected;

  RootSetCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    try (Fabric fabric = options.connect()) {
      Ref found = fabric.ref(ref);
      Roots roots = fabric.roots();
      long revision =
          expected == null ? roots.set(name, found) : roots.compareAndSet(name, expected, found);
      options.print(
          "revision " + revision,
          new Json().with("name", name).with("ref", found).with("revision", revision));
      return ExitCode.OK.code();
    }
  }
}
