package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.Root;
import io.kogluktualuk.fabric.pipeline.SetAsideFolder;
import io.kogluktualuk.fabric.pipeline.SetAsideFolder.StageAside;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `kog pipeline ls`.
///
/// **Threading:** one thread.
@Command(
    name = "ls",
    description = {
      "List stages and how much they have set aside.",
      "Without --folder: what the cluster keeps for them, by its roots pipeline/PIPELINE/STAGE/ID."
          + " Short values travel in their envelopes and have no root. With --folder: the journals"
          + " there, everything in them, and which process runs each stage."
    },
    footer = {
      "",
      "Example:",
      "  kog pipeline ls",
      "  kog pipeline ls --folder /var/lib/thumbnails --json"
    })
final class PipelineListCommand implements Callable<Integer> {

  private static final String PREFIX = "pipeline/";

  @Mixin(name = "options")
  private final CommonOptions options;

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      description = "The folder that the pipeline was given.")
  private @Nullable Path folder;

  PipelineListCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    Path asked = folder;
    if (asked == null) {
      listRoots();
    } else {
      Path found = options.terminal().folder().resolve(asked);
      List<StageAside> stages = SetAsideFolder.of(found).stages();
      options.print(
          SetAsideText.table(stages),
          new Json().with("stages", stages.stream().map(SetAsideText::json).toList()));
    }
    return ExitCode.OK.code();
  }

  private void listRoots() {
    Map<String, List<Root>> stages = new TreeMap<>();
    try (Fabric fabric = options.connect()) {
      for (Root root : fabric.roots().all()) {
        String path = root.name();
        String[] parts = path.split("/", -1);
        if (path.startsWith(PREFIX) && parts.length == 4) {
          stages.computeIfAbsent(parts[1] + "/" + parts[2], _ -> new ArrayList<>()).add(root);
        }
      }
    }
    List<Json> all = new ArrayList<>();
    stages.forEach((name, roots) -> all.add(SetAsideText.json(name, roots)));
    options.print(SetAsideText.table(stages), new Json().with("stages", all));
  }
}
