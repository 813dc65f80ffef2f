package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.computenode.api.Disposition;
import io.kogluktualuk.computenode.api.RunCounters;
import io.kogluktualuk.computenode.api.RunReport;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.client.ContentStream;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.RunResult;
import io.kogluktualuk.fabric.client.operator.Verification;
import io.kogluktualuk.fabric.transaction.Ending;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.Transaction;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a run gave, for people and for machines.
///
/// **Threading:** stateless.
final class RunText {

  private static final int DIAGNOSTICS_BYTES_MAX = 256 * 1024;

  private RunText() {}

  /// With a member `verified` when other nodes were asked.
  static Json json(Verification verification) {
    Json json = json(verification.result());
    if (verification.again().isEmpty()) {
      return json;
    }
    return json.with("producer", verification.producer())
        .with("verified", verification.isVerified())
        .with(
            "again",
            verification.again().stream()
                .map(other -> json(other).with("same", verification.isSame(other)))
                .toList());
  }

  /// One line for people.
  static String verified(Verification verification) {
    String nodes =
        verification.again().stream()
            .map(other -> other.node() + (verification.isSame(other) ? "" : " (differs)"))
            .collect(Collectors.joining(", "));
    return "kog: found by %s; %s by %s"
        .formatted(
            verification.producer(),
            verification.isVerified() ? "the same again" : "NOT the same again",
            nodes);
  }

  private static Json json(RunResult result) {
    RunReport report = result.report();
    Outcome outcome = report.outcome();
    return new Json()
        .with("key", report.key())
        .with("ending", ending(outcome.ending()))
        .with("status", outcome.ending() instanceof Ending.Exited exited ? exited.status() : null)
        .with("trap", outcome.ending() instanceof Ending.Trapped trapped ? word(trapped) : null)
        .with("disposition", word(report.disposition()))
        .with("output", outcome.output())
        .with("diagnostics", outcome.diagnostics())
        .with("fuel", outcome.fuelUsed())
        .with("node", result.node())
        .with("seconds", result.elapsed())
        .with("transactions", counters(report.counters()));
  }

  /// One line that says how it ended, with the key by which `explain` finds it.
  static String failure(Transaction transaction, RunResult result) {
    return "kog: %s %s after %s instructions; 'kog explain %s' says more"
        .formatted(
            RefText.printable(transaction.argv().getFirst()),
            result.report().outcome().ending(),
            RunView.scaled(result.report().outcome().fuelUsed()),
            result.report().key().toShortHex());
  }

  /// What the program wrote to standard error goes to ours.
  static void printDiagnostics(CommonOptions options, Fabric fabric, Outcome outcome) {
    Ref diagnostics = outcome.diagnostics();
    if (options.isJson() || diagnostics.length() == 0) {
      return;
    }
    PrintStream err = options.terminal().err();
    try (ContentStream stream = fabric.open(diagnostics)) {
      byte[] start = new byte[(int) Math.min(DIAGNOSTICS_BYTES_MAX, diagnostics.length())];
      int length = stream.readNBytes(start, 0, start.length);
      err.write(start, 0, length);
      if (start[length - 1] != '\n') {
        err.println();
      }
      if (length < diagnostics.length()) {
        err.println("kog: the rest of " + diagnostics + " is left out; 'kog get' has it");
      }
      err.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("diagnostics " + diagnostics, e);
    }
  }

  static String word(Disposition disposition) {
    return disposition.name().toLowerCase(Locale.ROOT);
  }

  static String ending(Ending ending) {
    return switch (ending) {
      case Ending.Exited _ -> "exited";
      case Ending.Trapped _ -> "trapped";
      case Ending.Invalid _ -> "invalid";
    };
  }

  private static @Nullable String word(Ending.Trapped trapped) {
    return trapped.trap().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Json counters(RunCounters c) {
    return new Json()
        .with("started", c.started())
        .with("run", c.run())
        .with("hit", c.hit())
        .with("failed", c.failed())
        .with("bytes_read", c.bytesRead())
        .with("bytes_written", c.bytesWritten())
        .with("fuel", c.fuelUsed());
  }
}
