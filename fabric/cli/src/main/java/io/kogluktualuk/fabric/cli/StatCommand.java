package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.RefDescription;
import io.kogluktualuk.fabric.units.ByteCount;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `kog stat`.
///
/// **Threading:** one thread.
@Command(
    name = "stat",
    description = "Say what a ref is: its kind, length, parts, and whether all of it is stored.",
    footer = {"", "Example:", "  kog stat 3f1a2b3c"})
final class StatCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(paramLabel = "REF[/PATH]", description = "What to look at.")
  private String ref = "";

  StatCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    try (Fabric fabric = options.connect()) {
      Ref found = TreePath.find(fabric, ref);
      RefDescription description = fabric.stat(found);
      options.print(text(description), json(description));
      return (description.missing() == 0 ? ExitCode.OK : ExitCode.NOT_FOUND).code();
    }
  }

  private static String text(RefDescription d) {
    Ref ref = d.ref();
    return """
        ref      %s
        kind     %s
        length   %d (%s)
        sha256   %s
        parts    %d %s, %d missing"""
        .formatted(
            ref,
            ref.kind().word(),
            ref.length(),
            new ByteCount(ref.length()),
            d.contentHash() == null ? "not recorded: only its parts were hashed" : d.contentHash(),
            d.parts(),
            ref.kind() == Kind.TREE ? "entries" : "chunks",
            d.missing());
  }

  private static Json json(RefDescription d) {
    return RefText.json(d.ref())
        .with("sha256", d.contentHash())
        .with("parts", d.parts())
        .with("missing", d.missing());
  }
}
