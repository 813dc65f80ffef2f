package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.controlplane.api.MemoEntry;
import io.kogluktualuk.fabric.client.operator.Explanation;
import io.kogluktualuk.fabric.transaction.Limits;
import io.kogluktualuk.fabric.transaction.Outcome;
import io.kogluktualuk.fabric.transaction.Trace;
import io.kogluktualuk.fabric.units.ByteCount;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// An explanation for people, as a tree, and for machines.
///
/// **Threading:** stateless.
final class ExplanationText {

  static final int STEPS_SHOWN = 12;

  private ExplanationText() {}

  static String tree(Explanation explanation, boolean wholeTrace) {
    StringBuilder text = new StringBuilder();
    head(explanation, text);
    trace(explanation, wholeTrace, text);
    if (!explanation.parts().isEmpty()) {
      text.append("subtransactions\n");
      parts(explanation, "  ", text);
    }
    return text.toString().stripTrailing();
  }

  private static void head(Explanation e, StringBuilder text) {
    Outcome outcome = e.entry().memo().outcome();
    Limits limits = e.transaction().limits();
    line(text, "transaction", e.key().toHex());
    line(text, "program", argv(e));
    line(text, "namespace", e.transaction().namespace().toString());
    line(
        text,
        "limits",
        "%s instructions, %s memory, %s output"
            .formatted(
                RunView.scaled(limits.fuel()),
                new ByteCount(limits.memoryBytes()),
                new ByteCount(limits.outputBytes())));
    line(text, "ending", outcome.ending().toString());
    line(text, "output", outcome.output().toString());
    if (outcome.diagnostics().length() > 0) {
      line(text, "diagnostics", outcome.diagnostics().toString());
    }
    line(text, "run", ran(e.entry()));
    line(text, "hits", "%,d at the control node since it started".formatted(e.entry().hits()));
  }

  private static void line(StringBuilder text, String label, String value) {
    text.append("%-13s%s%n".formatted(label, value));
  }

  private static void trace(Explanation e, boolean whole, StringBuilder text) {
    List<Trace.Step> steps = e.trace().steps();
    text.append("trace        %,d observations%n".formatted(steps.size()));
    List<String> paths = e.trace().paths();
    for (int i = 0; i < steps.size() && (whole || i < STEPS_SHOWN); i++) {
      text.append("  ").append(StepText.line(steps.get(i), paths.get(i))).append('\n');
    }
    if (!whole && steps.size() > STEPS_SHOWN) {
      text.append("  … (--trace shows all)\n");
    }
  }

  private static void parts(Explanation explanation, String indent, StringBuilder text) {
    for (Explanation.Part part : explanation.parts()) {
      switch (part) {
        case Explanation.Explained(String path, Explanation e) -> {
          String ending = e.entry().memo().outcome().ending().isSuccess() ? "" : ending(e);
          text.append(indent)
              .append(
                  "%s  %s  = %s%s  (%s)%n"
                      .formatted(
                          e.key().toShortHex(),
                          RefText.printable(path),
                          argv(e),
                          ending,
                          ran(e.entry())));
          parts(e, indent + "  ", text);
        }
        case Explanation.Mentioned(String path, var key, String reason) ->
            text.append(indent)
                .append(
                    "%s  %s  (%s)%n".formatted(key.toShortHex(), RefText.printable(path), reason));
      }
    }
  }

  private static String ending(Explanation e) {
    return "  " + e.entry().memo().outcome().ending();
  }

  private static String argv(Explanation e) {
    return RefText.printable(String.join(" ", e.transaction().argv()));
  }

  private static String ran(MemoEntry entry) {
    return "on %s, %s, at %s, %s instructions"
        .formatted(
            entry.memo().producer(),
            duration(entry.memo().durationNanos()),
            Instant.ofEpochMilli(entry.recordedAtMillis()),
            RunView.scaled(entry.memo().outcome().fuelUsed()));
  }

  /// `12.3 ms`, `4.5 s`.
  static String duration(long nanos) {
    if (nanos < 1_000_000) {
      return String.format(Locale.ROOT, "%.1f µs", nanos / 1e3);
    }
    return nanos < 1_000_000_000
        ? String.format(Locale.ROOT, "%.1f ms", nanos / 1e6)
        : String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
  }

  static Json json(Explanation e) {
    Outcome outcome = e.entry().memo().outcome();
    Limits limits = e.transaction().limits();
    return new Json()
        .with("key", e.key())
        .with("argv", e.transaction().argv())
        .with("namespace", e.transaction().namespace())
        .with(
            "limits",
            new Json()
                .with("fuel", limits.fuel())
                .with("memory_bytes", limits.memoryBytes())
                .with("output_bytes", limits.outputBytes()))
        .with("ending", RunText.ending(outcome.ending()))
        .with("output", outcome.output())
        .with("diagnostics", outcome.diagnostics())
        .with("fuel", outcome.fuelUsed())
        .with("node", e.entry().memo().producer())
        .with("seconds", Duration.ofNanos(e.entry().memo().durationNanos()))
        .with("recorded_at", Instant.ofEpochMilli(e.entry().recordedAtMillis()))
        .with("hits", e.entry().hits())
        .with("trace", json(e.trace()))
        .with("subtransactions", e.parts().stream().map(ExplanationText::json).toList());
  }

  private static List<Json> json(Trace trace) {
    List<String> paths = trace.paths();
    return IntStream.range(0, paths.size())
        .mapToObj(i -> StepText.json(trace.steps().get(i), paths.get(i)))
        .toList();
  }

  private static Json json(Explanation.Part part) {
    return switch (part) {
      case Explanation.Explained(String path, Explanation e) -> json(e).with("path", path);
      case Explanation.Mentioned(String path, var key, String reason) ->
          new Json().with("key", key).with("path", path).with("left_out", reason);
    };
  }
}
