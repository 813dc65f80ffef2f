package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.Root;
import io.kogluktualuk.fabric.pipeline.Claim;
import io.kogluktualuk.fabric.pipeline.Envelope;
import io.kogluktualuk.fabric.pipeline.Origin;
import io.kogluktualuk.fabric.pipeline.SetAside;
import io.kogluktualuk.fabric.pipeline.SetAsideFolder;
import io.kogluktualuk.fabric.pipeline.SetAsideFolder.Outcome;
import io.kogluktualuk.fabric.pipeline.SetAsideFolder.StageAside;
import io.kogluktualuk.fabric.units.ByteCount;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What stages have set aside, for people and for machines.
///
/// **Threading:** stateless.
final class SetAsideText {

  private static final String STAGES = "%-20s %-20s %9s  %-20s  %s";
  private static final String ROOTS = "%-20s %-20s %9s  %10s  %s";

  private SetAsideText() {}

  /// What the cluster keeps, by `PIPELINE/STAGE`.
  static String table(Map<String, List<Root>> stages) {
    if (stages.isEmpty()) {
      return "the cluster keeps nothing that a stage has set aside";
    }
    StringBuilder table =
        new StringBuilder(ROOTS.formatted("PIPELINE", "STAGE", "SET ASIDE", "BYTES", "OLDEST"));
    stages.forEach(
        (name, roots) -> {
          String[] parts = name.split("/", -1);
          table
              .append('\n')
              .append(
                  ROOTS.formatted(
                      parts[0],
                      parts[1],
                      roots.size(),
                      new ByteCount(bytes(roots)),
                      oldest(roots)));
        });
    return table.toString();
  }

  private static long bytes(List<Root> roots) {
    return roots.stream().mapToLong(root -> root.ref().length()).sum();
  }

  private static Instant oldest(List<Root> roots) {
    return roots.stream().map(Root::setAt).min(Instant::compareTo).orElse(Instant.EPOCH);
  }

  static Json json(String name, List<Root> roots) {
    String[] parts = name.split("/", -1);
    return new Json()
        .with("pipeline", parts[0])
        .with("stage", parts[1])
        .with("set_aside", roots.size())
        .with("bytes", bytes(roots))
        .with("oldest", oldest(roots))
        .with("roots", roots.stream().map(RootListCommand::json).toList());
  }

  /// The stages of a folder.
  static String table(List<StageAside> stages) {
    if (stages.isEmpty()) {
      return "no stage has ever run over this folder";
    }
    StringBuilder table =
        new StringBuilder(STAGES.formatted("PIPELINE", "STAGE", "SET ASIDE", "OLDEST", "RUNS AS"));
    for (StageAside stage : stages) {
      String pipeline = stage.pipeline();
      table
          .append('\n')
          .append(
              STAGES.formatted(
                  pipeline == null ? "?" : pipeline,
                  stage.stage(),
                  stage.entries().size(),
                  stage.entries().isEmpty() ? "–" : second(stage.entries().getFirst().when()),
                  process(stage)));
    }
    return table.toString();
  }

  private static Instant second(Instant when) {
    return Instant.ofEpochSecond(when.getEpochSecond());
  }

  private static String process(StageAside stage) {
    String process =
        stage.process().isPresent() ? "process " + stage.process().getAsLong() : "does not run";
    return stage.requests() == 0 ? process : process + ", " + stage.requests() + " requests wait";
  }

  /// What a stage has, two lines for each.
  static String list(StageAside stage) {
    if (stage.entries().isEmpty()) {
      return "stage " + stage.stage() + " has set aside nothing";
    }
    StringBuilder list = new StringBuilder();
    for (SetAside one : stage.entries()) {
      Envelope envelope = one.envelope();
      list.append(
          "%s  %s  %s%s%s%n    %s%n"
              .formatted(
                  envelope.id().toHex().substring(0, 16),
                  second(one.when()),
                  RefText.brief(envelope.ref()),
                  one.isInput() ? "" : ", for branch " + one.branch(),
                  envelope.attempt() == 0 ? "" : ", tried again " + envelope.attempt() + " times",
                  RefText.printable(one.reason())));
    }
    return list.toString().stripTrailing();
  }

  /// All that is known of one.
  static String whole(StageAside stage, SetAside one) {
    Envelope envelope = one.envelope();
    Origin origin = envelope.origin();
    Claim lease = envelope.lease();
    StringBuilder text = new StringBuilder();
    line(text, "id", envelope.id().toHex());
    line(text, "set aside", one.when() + " by stage " + stage.stage());
    line(text, "as", one.isInput() ? "its input" : "its output for branch " + one.branch());
    line(text, "reason", RefText.printable(one.reason()));
    line(text, "tried again", envelope.attempt() + " times");
    line(text, "ref", envelope.ref().toString());
    line(text, "value", value(stage, envelope));
    line(text, "from", "stage " + origin.stage() + ", output " + origin.index());
    line(
        text,
        "of input",
        origin.input().equals(Origin.NOTHING) ? "none: a source" : origin.input().toHex());
    line(text, "lease", lease == null ? "not told" : String.valueOf(lease));
    envelope
        .metadata()
        .entries()
        .forEach((key, value) -> line(text, "metadata", RefText.printable(key + "=" + value)));
    return text.toString().stripTrailing();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append("%-12s %s%n".formatted(name, value));
  }

  private static String value(StageAside stage, Envelope envelope) {
    String root = root(stage, envelope);
    return envelope.isCarried()
        ? "in the envelope, " + new ByteCount(envelope.ref().length())
        : root == null ? "kept by a root of its pipeline" : "kept by root " + root;
  }

  private static @Nullable String root(StageAside stage, Envelope envelope) {
    String pipeline = stage.pipeline();
    return envelope.isCarried() || pipeline == null
        ? null
        : SetAsideFolder.root(pipeline, stage.stage(), envelope.id());
  }

  static Json json(StageAside stage) {
    return new Json()
        .with("pipeline", stage.pipeline())
        .with("stage", stage.stage())
        .with("set_aside", stage.entries().size())
        .with("oldest", stage.entries().isEmpty() ? null : stage.entries().getFirst().when())
        .with("process", stage.process().isPresent() ? stage.process().getAsLong() : null)
        .with("requests", stage.requests());
  }

  static Json json(StageAside stage, SetAside one) {
    Envelope envelope = one.envelope();
    Json metadata = new Json();
    envelope.metadata().entries().forEach(metadata::with);
    return new Json()
        .with("id", envelope.id())
        .with("set_aside_at", one.when())
        .with("branch", one.isInput() ? null : one.branch())
        .with("reason", one.reason())
        .with("tried_again", envelope.attempt())
        .with("ref", envelope.ref())
        .with("carried", envelope.isCarried())
        .with("root", root(stage, envelope))
        .with("origin_stage", envelope.origin().stage())
        .with(
            "origin_input",
            envelope.origin().input().equals(Origin.NOTHING) ? null : envelope.origin().input())
        .with("origin_index", envelope.origin().index())
        .with("metadata", metadata);
  }

  /// What became of a request.
  static String sentence(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Done _ -> "done, and no longer set aside";
      case Outcome.Forgotten _ -> "forgotten";
      case Outcome.Again again -> "set aside again: " + RefText.printable(again.reason());
      case Outcome.Taken taken -> "process " + taken.process() + " works on it";
      case Outcome.Left _ -> "the stage does not run; it finds the request when it starts";
    };
  }

  static Json json(SetAside one, Outcome outcome) {
    String word =
        switch (outcome) {
          case Outcome.Done _ -> "done";
          case Outcome.Forgotten _ -> "forgotten";
          case Outcome.Again _ -> "again";
          case Outcome.Taken _ -> "taken";
          case Outcome.Left _ -> "left";
        };
    return new Json()
        .with("id", one.envelope().id())
        .with("outcome", word)
        .with("reason", outcome instanceof Outcome.Again again ? again.reason() : null);
  }
}
