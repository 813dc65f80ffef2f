package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.pipeline.SetAside;
import io.kogluktualuk.fabric.pipeline.SetAsideFolder;
import io.kogluktualuk.fabric.pipeline.SetAsideFolder.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What an operator wants done with envelopes that were set aside: with which, and for how long
/// each is waited for.
///
/// **Threading:** filled by picocli, then read by one thread.
final class SetAsideOrder {

  @Mixin private final SetAsideChoice choice = new SetAsideChoice();

  @Option(names = "--all", description = "All that the stage has set aside.")
  private boolean isAll;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "How long to wait for each. Default: ${DEFAULT-VALUE}.")
  private String timeout = "10s";

  /// What is done with one envelope.
  @FunctionalInterface
  interface Deed {
    Outcome done(SetAsideFolder folder, String stage, SetAside one, Duration patience);
  }

  /// Does it with one after the other, and prints what came of each.
  List<Outcome> carryOut(CommonOptions options, Deed deed) {
    SetAsideFolder folder = choice.folder(options.terminal());
    List<Outcome> outcomes = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    List<Json> all = new ArrayList<>();
    for (SetAside one : choice.chosen(folder.stage(choice.stage()), isAll)) {
      Outcome outcome = deed.done(folder, choice.stage(), one, LimitOptions.time(timeout));
      outcomes.add(outcome);
      lines.add(
          one.envelope().id().toHex().substring(0, 16) + "  " + SetAsideText.sentence(outcome));
      all.add(SetAsideText.json(one, outcome));
    }
    options.print(String.join("\n", lines), new Json().with("envelopes", all));
    return outcomes;
  }
}
