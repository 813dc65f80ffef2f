package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.pipeline.SetAside;
import io.kogluktualuk.fabric.pipeline.SetAsideFolder.StageAside;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `kog pipeline show`.
///
/// **Threading:** one thread.
@Command(
    name = "show",
    description = {
      "Show what a stage has set aside, oldest first: id, when, value, and why.",
      "With an ID, all that is known of it: metadata, where it came from, which root keeps the"
          + " value ('kog get' gets it by its ref). Asks no cluster; works while the stage runs."
    },
    footer = {
      "",
      "Example:",
      "  kog pipeline show --folder /var/lib/thumbnails resize",
      "  kog pipeline show --folder /var/lib/thumbnails resize 3f1a2b3c"
    })
final class PipelineShowCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Mixin private final SetAsideChoice choice = new SetAsideChoice();

  PipelineShowCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    StageAside stage = choice.folder(options.terminal()).stage(choice.stage());
    List<SetAside> shown = choice.hasIds() ? choice.chosen(stage) : stage.entries();
    String text =
        choice.hasIds()
            ? shown.stream()
                .map(one -> SetAsideText.whole(stage, one))
                .collect(Collectors.joining("\n\n"))
            : SetAsideText.list(stage);
    options.print(
        text,
        SetAsideText.json(stage)
            .with("envelopes", shown.stream().map(one -> SetAsideText.json(stage, one)).toList()));
    return ExitCode.OK.code();
  }
}
