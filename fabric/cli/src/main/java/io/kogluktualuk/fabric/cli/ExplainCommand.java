package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Explanation;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.client.operator.WhyRun;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `kog explain`.
///
/// **Threading:** one thread.
@Command(
    name = "explain",
    description = {
      "Say where an output comes from: the transaction, which node ran it, when and how long, how"
          + " often it was a hit since, what it read, and its subtransactions."
    },
    footer = {
      "",
      "Example:",
      "  kog explain 3f1a2b3c",
      "  kog explain --json blob:77ab…:4096",
      "  kog explain --why-run 3f1a2b3c"
    })
final class ExplainCommand implements Callable<Integer> {

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(
      paramLabel = "KEY|REF",
      description = "The key of a transaction, or its output; the first 8 or more digits do.")
  private String keyOrRef = "";

  @Option(
      names = "--max",
      paramLabel = "N",
      description = "Explain at most so many transactions. Default: ${DEFAULT-VALUE}.")
  private int transactionsMax = 50;

  @Option(names = "--trace", description = "Show all of each trace, not only the beginning.")
  private boolean wholeTrace;

  @Option(
      names = "--why-run",
      description = {
        "Say why it was run although others with the same arguments and limits were known: the"
            + " first observation that none of them shares."
      })
  private boolean whyRun;

  ExplainCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() {
    try (Fabric fabric = options.connect()) {
      if (whyRun) {
        WhyRun why = Operator.of(fabric).whyRun(keyOrRef);
        options.print(WhyRunText.text(why), WhyRunText.json(why));
        return ExitCode.OK.code();
      }
      Explanation explanation = Operator.of(fabric).explain(keyOrRef, transactionsMax);
      options.print(
          ExplanationText.tree(explanation, wholeTrace), ExplanationText.json(explanation));
    }
    return ExitCode.OK.code();
  }
}
