package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.client.operator.CollectionReport;
import io.kogluktualuk.fabric.units.ByteCount;
import io.kogluktualuk.memnode.api.CollectPage;
import io.kogluktualuk.memnode.api.Fate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What a collection did, for people and for machines.
///
/// **Threading:** stateless.
final class CollectionText {

  /// How many blobs of a node are shown to people.
  private static final int SHOWN = 5;

  private CollectionText() {}

  static String table(CollectionReport report) {
    StringBuilder text = new StringBuilder();
    text.append(
        "%d roots reach %d blobs · pins of generation %d%n"
            .formatted(report.roots(), report.reached(), report.generation()));
    for (CollectionReport.Node node : report.nodes()) {
      node(node, report.isDryRun(), text);
    }
    for (CollectionReport.Missing missing : report.missing()) {
      text.append("missing  %s  root %s%n".formatted(missing.hash().toHex(), missing.root()));
    }
    CollectionReport.Sum gone = report.sum(Fate.COLLECT);
    String verb = report.isDryRun() ? "would be collected" : "collected";
    String what =
        gone.blobs() == 0 ? "nothing" : "%d blobs, %s,".formatted(gone.blobs(), size(gone.bytes()));
    text.append(what + " " + verb);
    if (report.outcomes() > 0) {
      String fate = report.isDryRun() ? "would be forgotten" : "forgotten";
      text.append("%n%d outcomes %s".formatted(report.outcomes(), fate));
    }
    return text.toString();
  }

  private static void node(CollectionReport.Node node, boolean isDryRun, StringBuilder text) {
    if (!node.passedOver().isEmpty()) {
      text.append("%-12s passed over: %s%n".formatted(node.name(), node.passedOver()));
      return;
    }
    for (Fate fate : Fate.values()) {
      CollectionReport.Sum sum = node.sum(fate);
      if (sum.blobs() > 0) {
        text.append(
            "%-12s %8d blobs  %10s  %s%n"
                .formatted(node.name(), sum.blobs(), size(sum.bytes()), words(fate, isDryRun)));
      }
    }
    for (CollectionReport.Entry entry : node.largest().stream().limit(SHOWN).toList()) {
      text.append(
          "  %s  %10s  %s%n"
              .formatted(
                  entry.blob().hash().toHex().substring(0, 16),
                  size(entry.blob().length()),
                  why(entry, isDryRun)));
    }
  }

  private static String words(Fate fate, boolean isDryRun) {
    return switch (fate) {
      case COLLECT -> isDryRun ? "sources, would go: nothing needs them" : "sources, gone";
      case EVICTABLE -> "derived, stay until their room is needed";
      case PINNED -> "stay: a root reaches them";
      case HELD -> "stay: somebody holds them";
      case YOUNG -> "stay: stored or let go of within the grace, or since the mark began";
    };
  }

  private static String why(CollectionReport.Entry entry, boolean isDryRun) {
    CollectPage.Entry blob = entry.blob();
    return switch (blob.fate()) {
      case COLLECT ->
          (isDryRun ? "would go" : "gone") + ": left alone for " + blob.quietSeconds() + " s";
      case EVICTABLE -> "derived, worth " + blob.worth();
      case PINNED ->
          entry.root() == null
              ? "pinned in generation " + blob.generation()
              : "root " + entry.root();
      case HELD -> "held by " + blob.holds() + (blob.holds() == 1 ? " lease" : " leases");
      case YOUNG -> "left alone for only " + blob.quietSeconds() + " s";
    };
  }

  private static String size(long bytes) {
    return new ByteCount(bytes).toString();
  }

  static Json json(CollectionReport report) {
    List<Json> nodes = new ArrayList<>();
    report.nodes().forEach(node -> nodes.add(json(node)));
    List<Json> missing = new ArrayList<>();
    report
        .missing()
        .forEach(one -> missing.add(new Json().with("hash", one.hash()).with("root", one.root())));
    CollectionReport.Sum gone = report.sum(Fate.COLLECT);
    return new Json()
        .with("dry_run", report.isDryRun())
        .with("generation", report.generation())
        .with("grace_seconds", report.grace())
        .with("roots", report.roots())
        .with("reached_blobs", report.reached())
        .with("collected_blobs", gone.blobs())
        .with("collected_bytes", gone.bytes())
        .with("outcomes_forgotten", report.outcomes())
        .with("missing", missing)
        .with("nodes", nodes);
  }

  private static Json json(CollectionReport.Node node) {
    Json json = new Json().with("name", node.name());
    json.with("passed_over", node.passedOver().isEmpty() ? null : node.passedOver());
    for (Fate fate : Fate.values()) {
      CollectionReport.Sum sum = node.sum(fate);
      json.with(word(fate), new Json().with("blobs", sum.blobs()).with("bytes", sum.bytes()));
    }
    List<Json> largest = new ArrayList<>();
    for (CollectionReport.Entry entry : node.largest()) {
      CollectPage.Entry blob = entry.blob();
      largest.add(
          new Json()
              .with("hash", blob.hash())
              .with("bytes", blob.length())
              .with("fate", word(blob.fate()))
              .with("root", entry.root())
              .with("holds", blob.holds())
              .with("quiet_seconds", Duration.ofSeconds(blob.quietSeconds())));
    }
    return json.with("largest", largest);
  }

  private static String word(Fate fate) {
    return fate.name().toLowerCase(Locale.ROOT);
  }
}
