package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.operator.WhyRun;
import io.kogluktualuk.fabric.transaction.Trace;

/// Why a transaction was run, for people and for machines.
///
/// **Threading:** stateless.
final class WhyRunText {

  private WhyRunText() {}

  static String text(WhyRun why) {
    StringBuilder text = new StringBuilder();
    line(text, "transaction", why.key().toHex());
    line(text, "program", RefText.printable(String.join(" ", why.transaction().argv())));
    switch (why.reason()) {
      case WhyRun.First _ ->
          line(text, "run", "no other with the same arguments and limits was known");
      case WhyRun.SameAs(var other) ->
          line(text, "known", "it has seen the same as transaction " + other.toHex());
      case WhyRun.Differs(var other, int number, String path, Trace.Step then, Trace.Step now) -> {
        line(text, "run", "an observation was new: number %,d".formatted(number));
        line(text, "path", RefText.printable(path));
        line(text, "then", StepText.words(then) + ", in transaction " + other.toHex());
        line(text, "now", StepText.words(now));
      }
    }
    return text.toString().stripTrailing();
  }

  private static void line(StringBuilder text, String label, String value) {
    text.append("%-13s%s%n".formatted(label, value));
  }

  static Json json(WhyRun why) {
    Json json = new Json().with("key", why.key()).with("argv", why.transaction().argv());
    return switch (why.reason()) {
      case WhyRun.First _ -> json.with("reason", "first");
      case WhyRun.SameAs(var other) -> json.with("reason", "same").with("other", other);
      case WhyRun.Differs(var other, int number, String path, Trace.Step then, Trace.Step now) ->
          json.with("reason", "differs")
              .with("other", other)
              .with("observation", number)
              .with("path", path)
              .with("then", StepText.json(then, path))
              .with("now", StepText.json(now, path));
    };
  }
}
