package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.demo.photos.PhotoStage;
import io.kogluktualuk.fabric.demo.photos.Step;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `kog demo stage`: one stage of the pipeline demo, started by it.
///
/// **Threading:** one thread.
@Command(
    name = "stage",
    hidden = true,
    description = "One stage of 'kog demo pipeline', which starts it; runs until its input ends.")
final class DemoStageCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(index = "0", paramLabel = "STAGE", description = "Which one.")
  private String stage = "";

  @Parameters(index = "1", paramLabel = "FILE", description = "The job.")
  private Path file = Path.of("");

  DemoStageCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() throws InterruptedException {
    Logs.ofStage();
    options.chooseVerbs();
    Terminal terminal = options.terminal();
    PrintStream out = new PrintStream(terminal.out(), false, StandardCharsets.UTF_8);
    PhotoStage.run(terminal.folder().resolve(file), Step.parse(stage), terminal.in(), out);
    return ExitCode.OK.code();
  }
}
