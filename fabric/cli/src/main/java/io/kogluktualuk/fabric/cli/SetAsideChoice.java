package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.pipeline.SetAside;
import io.kogluktualuk.fabric.pipeline.SetAsideFolder;
import io.kogluktualuk.fabric.pipeline.SetAsideFolder.StageAside;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Which envelopes that were set aside a command is about.
///
/// **Threading:** filled by picocli, then read by one thread.
final class SetAsideChoice {

  @Option(
      names = "--folder",
      required = true,
      paramLabel = "DIR",
      description = "The folder that the pipeline was given, which has the stage's journal.")
  private Path folder = Path.of("");

  @Parameters(index = "0", paramLabel = "STAGE", description = "The stage that has set it aside.")
  private String stage = "";

  @Parameters(
      index = "1..*",
      paramLabel = "ID",
      description = "Which; the first 4 or more digits are enough when they are only one's.")
  private List<String> ids = List.of();

  /// The folder, as the operator sees it.
  SetAsideFolder folder(Terminal terminal) {
    return SetAsideFolder.of(terminal.folder().resolve(folder));
  }

  String stage() {
    return stage;
  }

  boolean hasIds() {
    return !ids.isEmpty();
  }

  /// The envelopes with the ids.
  List<SetAside> chosen(StageAside found) {
    return ids.stream().map(id -> SetAsideFolder.find(found, id)).toList();
  }

  /// The envelopes with the ids, or all.
  ///
  /// @throws InvalidArgument when it is said neither which nor that all, or both
  List<SetAside> chosen(StageAside found, boolean isAll) {
    if (isAll == hasIds()) {
      throw new InvalidArgument("expected either one ID or more, or --all");
    }
    return isAll ? found.entries() : chosen(found);
  }
}
