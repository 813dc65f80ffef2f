package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.transaction.Trace;
import java.util.List;
import java.util.Locale;

/// One step of a trace, for people and for machines.
///
/// **Threading:** stateless.
final class StepText {

  private StepText() {}

  /// The question, where it was asked, and the answer.
  static String line(Trace.Step step, String path) {
    return "%-9s %s  %s".formatted(question(step), RefText.printable(path), answer(step));
  }

  /// The question and the answer.
  static String words(Trace.Step step) {
    return question(step) + ": " + answer(step);
  }

  private static String question(Trace.Step step) {
    return switch (step) {
      case Trace.Looked _ -> "looked";
      case Trace.Measured _ -> "measured";
      case Trace.Opened _ -> "opened";
      case Trace.Listed _, Trace.ListedPart _ -> "listed";
      case Trace.Computed _ -> "computed";
      case Trace.Failed _ -> "failed";
      case Trace.Bound _, Trace.Needed _ -> "bound";
      case Trace.Evaluated _, Trace.Unevaluable _ -> "evaluated";
    };
  }

  private static String answer(Trace.Step step) {
    return switch (step) {
      case Trace.Looked looked -> looked.sort().word();
      case Trace.Measured measured -> "%,d bytes".formatted(measured.length());
      case Trace.Opened opened -> RefText.brief(opened.ref());
      case Trace.Listed listed ->
          "%,d names, %s".formatted(listed.count(), listed.names().toShortHex());
      case Trace.ListedPart listed ->
          "%,d names from the %,dth on, %s"
              .formatted(listed.count(), listed.from(), listed.names().toShortHex());
      case Trace.Computed c -> "by " + c.key().toShortHex() + ": " + RefText.brief(c.output());
      case Trace.Failed failed -> RefText.printable(failed.reason());
      case Trace.Bound bound -> RefText.brief(bound.thunk());
      case Trace.Needed needed -> "do " + RefText.printable(commandLine(needed));
      case Trace.Evaluated evaluated -> RefText.brief(evaluated.value());
      case Trace.Unevaluable unevaluable -> "failed: " + RefText.printable(unevaluable.reason());
    };
  }

  static Json json(Trace.Step step, String path) {
    Json json = new Json().with("path", path);
    return switch (step) {
      case Trace.Looked looked ->
          json.with("step", "looked").with("found", looked.sort().name().toLowerCase(Locale.ROOT));
      case Trace.Measured measured ->
          json.with("step", "measured").with("length", measured.length());
      case Trace.Opened opened -> json.with("step", "opened").with("ref", opened.ref());
      case Trace.Listed listed ->
          json.with("step", "listed").with("count", listed.count()).with("hash", listed.names());
      case Trace.ListedPart listed ->
          json.with("step", "listed")
              .with("from", listed.from())
              .with("count", listed.count())
              .with("hash", listed.names());
      case Trace.Computed c ->
          json.with("step", "computed").with("key", c.key()).with("ref", c.output());
      case Trace.Failed failed ->
          json.with("step", "failed").with("key", failed.key()).with("reason", failed.reason());
      case Trace.Bound bound -> json.with("step", "bound").with("ref", bound.thunk());
      case Trace.Needed needed ->
          json.with("step", "bound")
              .with("argv", needed.thunk().argv())
              .with("inputs", inputs(needed));
      case Trace.Evaluated evaluated ->
          json.with("step", "evaluated").with("ref", evaluated.value());
      case Trace.Unevaluable unevaluable ->
          json.with("step", "evaluated").with("reason", unevaluable.reason());
    };
  }

  private static String commandLine(Trace.Needed needed) {
    return String.join(" ", needed.thunk().argv());
  }

  private static List<String> inputs(Trace.Needed needed) {
    return needed.inputs().stream().map(Object::toString).toList();
  }
}
