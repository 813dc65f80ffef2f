package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.rdma.doctor.Finding;
import io.kogluktualuk.rdma.doctor.Finding.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The doctor's findings for people, at 80 columns, and for machines.
///
/// Text is wrapped; commands are not, so that they can be copied.
///
/// **Threading:** immutable.
final class DoctorText {

  private static final int WIDTH = 80;
  private static final String INDENT = " ".repeat(24);
  private static final String RESET = "\u001b[0m";

  private final List<Finding> findings;
  private final boolean brief;
  private final boolean hasColours;

  /// @param brief whether what is fine is left out of the table
  DoctorText(List<Finding> findings, boolean brief, boolean hasColours) {
    this.findings = List.copyOf(findings);
    this.brief = brief;
    this.hasColours = hasColours;
  }

  long problems() {
    return count(Level.PROBLEM);
  }

  private long count(Level level) {
    return findings.stream().filter(finding -> finding.level() == level).count();
  }

  String table() {
    StringBuilder text = new StringBuilder();
    for (Finding finding : findings) {
      if (!brief || finding.level() != Level.OK) {
        append(text, finding);
      }
    }
    return text.append(
            "%d fine, %d to note, %d to mend"
                .formatted(count(Level.OK), count(Level.NOTE), problems()))
        .toString();
  }

  private void append(StringBuilder text, Finding finding) {
    String level = "%-8s ".formatted(finding.level());
    text.append(hasColours ? colour(finding.level()) + level + RESET : level);
    text.append("%-14s ".formatted(finding.area()));
    String expected = finding.expected();
    boolean isFine = finding.level() == Level.OK;
    String found = finding.found() + (isFine && !expected.isEmpty() ? " (" + expected + ")" : "");
    text.append(String.join("\n" + INDENT, wrap(found))).append('\n');
    if (!isFine && !expected.isEmpty()) {
      text.append(INDENT)
          .append(String.join("\n" + INDENT, wrap("expected: " + expected)))
          .append('\n');
    }
    String action = finding.action();
    if (action != null) {
      // What follows the '#' explains the command, or says what comes after it.
      String[] parts = action.split(" # ", 2);
      text.append("    ").append(parts[0]).append('\n');
      if (parts.length == 2) {
        wrap("# " + parts[1]).forEach(line -> text.append(INDENT).append(line).append('\n'));
      }
    }
  }

  private static String colour(Level level) {
    return switch (level) {
      case OK -> "\u001b[32m";
      case NOTE -> "\u001b[33m";
      case PROBLEM -> "\u001b[1;31m";
    };
  }

  private static List<String> wrap(String text) {
    int width = WIDTH - INDENT.length();
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ")) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  Json json() {
    List<Json> all =
        findings.stream()
            .map(
                finding ->
                    new Json()
                        .with("area", finding.area())
                        .with("level", finding.level().name().toLowerCase(Locale.ROOT))
                        .with("found", finding.found())
                        .with("expected", finding.expected())
                        .with("do", finding.action()))
            .toList();
    return new Json()
        .with("problems", problems())
        .with("notes", count(Level.NOTE))
        .with("findings", all);
  }
}
