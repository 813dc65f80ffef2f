package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.demo.photos.PhotoDemo;
import io.kogluktualuk.fabric.demo.photos.RunFigures;
import io.kogluktualuk.fabric.demo.photos.StageProgress;
import io.kogluktualuk.fabric.demo.photos.StageStand;
import io.kogluktualuk.fabric.demo.photos.Standing;
import io.kogluktualuk.fabric.demo.photos.Step;
import io.kogluktualuk.fabric.demo.photos.Way;
import io.kogluktualuk.fabric.units.ByteCount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/// The words of the pipeline demo.
///
/// **Threading:** stateless.
final class PipelineText {

  private static final int BAR_WIDTH = 20;
  private static final int WIDTH = 80;
  private static final String NOTHING = "–";

  private PipelineText() {}

  /// How the runs stand, in a few lines of at most 80 columns for each.
  static List<String> frame(List<Standing> standings) {
    List<String> lines = new ArrayList<>();
    for (Standing standing : standings) {
      if (!lines.isEmpty()) {
        lines.add("");
      }
      lines.addAll(frame(standing));
    }
    return lines;
  }

  private static List<String> frame(Standing now) {
    boolean isHash = now.way() == Way.HASH;
    List<String> lines = new ArrayList<>();
    int filled = (int) (BAR_WIDTH * now.indexed() / now.count());
    lines.add(
        "%-10s %7s  [%s%s]  %d of %d photos%s"
            .formatted(
                now.way().words(),
                seconds(now.elapsed()),
                "#".repeat(filled),
                "-".repeat(BAR_WIDTH - filled),
                now.indexed(),
                now.count(),
                state(now)));
    lines.add(
        row(
            "stage",
            "in/s",
            "out/s",
            isHash ? "in work" : "queued",
            "credits",
            "outbox",
            isHash ? "held" : "in queue",
            "memory",
            "process"));
    now.stages().forEach(stage -> lines.add(row(stage, isHash)));
    if (isHash) {
      String pid = "" + ProcessHandle.current().pid();
      lines.add(row("fabric", "", "", "", "", "", "", bytes(now.fabricMemory()), pid));
    }
    lines.addAll(packed(now.stages().stream().map(PipelineText::notes).toList()));
    return lines;
  }

  private static String state(Standing now) {
    if (now.broken() != null) {
      return " · broke off: " + now.broken();
    }
    return now.isOver() ? " · done" : now.isSlow() ? " · label is slow" : "";
  }

  /// As many notes in each line as fit.
  private static List<String> packed(List<String> notes) {
    List<String> lines = new ArrayList<>();
    for (String note : notes) {
      if (note.isEmpty()) {
        continue;
      }
      String longer = lines.isEmpty() ? "" : lines.getLast() + " · " + note;
      if (longer.isEmpty() || longer.length() > WIDTH) {
        lines.add("  " + note);
      } else {
        lines.set(lines.size() - 1, longer);
      }
    }
    return lines;
  }

  private static String row(StageStand stage, boolean isHash) {
    StageProgress p = stage.progress();
    boolean isSource = stage.step() == Step.CAMERA;
    boolean isSink = stage.step() == Step.INDEX;
    boolean hasCredits = isHash && !isSink;
    return row(
        stage.step().word(),
        isSource ? NOTHING : rate(stage.inRate()),
        isSink ? NOTHING : rate(stage.outRate()),
        isSource ? NOTHING : p.busy() + "/" + p.window(),
        hasCredits ? p.free() + " free" : NOTHING,
        hasCredits ? "" + p.outbox() : NOTHING,
        bytes(p.held()),
        stage.isAlive() ? bytes(stage.memory()) : "ended",
        "" + stage.pid());
  }

  private static String notes(StageStand stage) {
    StageProgress p = stage.progress();
    List<String> notes = new ArrayList<>();
    if (stage.starts() > 1) {
      notes.add("started " + stage.starts() + " times");
    }
    if (p.resent() > 0) {
      notes.add(p.resent() + " sent again");
    }
    if (p.duplicates() > 0) {
      notes.add(p.duplicates() + " came again");
    }
    if (p.failed() > 0) {
      notes.add(p.failed() + " set aside");
    }
    return notes.isEmpty() ? "" : stage.step().word() + ": " + String.join(", ", notes);
  }

  private static String row(
      String stage,
      String in,
      String out,
      String busy,
      String credits,
      String outbox,
      String held,
      String memory,
      String pid) {
    return "  %-7s %6s %6s %8s %8s %7s %10s %10s %8s"
        .formatted(stage, in, out, busy, credits, outbox, held, memory, pid);
  }

  /// How a run stands, in one line.
  static String line(Standing now) {
    StageStand camera = now.stages().getFirst();
    String credits =
        now.way() == Way.HASH ? ", %d credits free".formatted(camera.progress().free()) : "";
    return "%s %s: %d of %d photos%s; camera %s/s%s; %s on the way; stages have %s"
        .formatted(
            now.way().words(),
            seconds(now.elapsed()),
            now.indexed(),
            now.count(),
            state(now).replace(" · ", ", "),
            rate(camera.outRate()),
            credits,
            bytes(held(now)),
            bytes(memory(now)));
  }

  private static long held(Standing now) {
    return now.stages().stream().mapToLong(stage -> stage.progress().held()).sum();
  }

  private static long memory(Standing now) {
    return now.stages().stream().mapToLong(StageStand::memory).sum();
  }

  /// A run that is over.
  static String sentence(RunFigures run) {
    String end = run.broken() == null ? "" : "; it broke off: " + run.broken();
    return "%s: %d photos in %s, %s/s before label was slow, %s/s then%s"
        .formatted(
            run.way().words(),
            run.indexed(),
            seconds(run.elapsed()),
            known(run.fastRate()),
            known(run.slowRate()),
            end);
  }

  /// All runs beside each other.
  static String table(List<PhotoDemo.Outcome> outcomes, boolean isInTurn) {
    List<RunFigures> runs = outcomes.stream().map(PhotoDemo.Outcome::figures).toList();
    StringBuilder table = new StringBuilder();
    String how = isInTurn ? "one after the other" : "both at once";
    table.append(line(how, runs, run -> run.way().words()));
    table.append(line("photos in the index", runs, run -> run.indexed() + " of " + run.taken()));
    table.append(line("time", runs, run -> seconds(run.elapsed())));
    table.append(line("photos/s, label fast", runs, run -> known(run.fastRate())));
    table.append(line("photos/s, label slow", runs, run -> known(run.slowRate())));
    table.append(line("bytes stored, read, sent", runs, run -> bytes(run.moved())));
    table.append(line("on the way at most", runs, run -> bytes(run.peakHeld())));
    table.append(line("memory of the stages", runs, run -> bytes(run.peakMemory())));
    table.append(line("and of the fabric", runs, PipelineText::fabric));
    table.append(line("processor time", runs, run -> seconds(run.cpu())));
    table.append(
        line("sent again, came again", runs, run -> run.resent() + ", " + run.duplicates()));
    table.append("%-26s".formatted("each photo just once"));
    outcomes.forEach(outcome -> table.append("%16s".formatted(verdict(outcome))));
    return table.toString();
  }

  private static String line(
      String what, List<RunFigures> runs, Function<RunFigures, String> figure) {
    StringBuilder line = new StringBuilder("%-26s".formatted(what));
    runs.forEach(run -> line.append("%16s".formatted(figure.apply(run))));
    return line.toString().stripTrailing() + "\n";
  }

  /// A run that was too short has none.
  private static String known(double rate) {
    return rate == 0 ? NOTHING : rate(rate);
  }

  private static String fabric(RunFigures run) {
    return run.way() == Way.HASH ? bytes(run.peakFabric()) : NOTHING;
  }

  private static String verdict(PhotoDemo.Outcome outcome) {
    if (!outcome.problems().isEmpty()) {
      return "NO";
    }
    return outcome.figures().broken() == null ? "yes" : "broke off";
  }

  static Json json(List<PhotoDemo.Outcome> outcomes, boolean isInTurn) {
    return new Json()
        .with("beside", !isInTurn)
        .with("runs", outcomes.stream().map(PipelineText::json).toList());
  }

  private static Json json(PhotoDemo.Outcome outcome) {
    RunFigures run = outcome.figures();
    return new Json()
        .with("way", run.way().name().toLowerCase(Locale.ROOT))
        .with("taken", run.taken())
        .with("indexed", run.indexed())
        .with("seconds", run.elapsed())
        .with("photos_per_second_fast", run.fastRate())
        .with("photos_per_second_slow", run.slowRate())
        .with("bytes_moved", run.moved())
        .with("bytes_on_the_way_peak", run.peakHeld())
        .with("memory_stages_peak", run.peakMemory())
        .with("memory_fabric_peak", run.way() == Way.HASH ? run.peakFabric() : null)
        .with("cpu_seconds", run.cpu())
        .with("restarts", run.restarts())
        .with("resent", run.resent())
        .with("duplicates", run.duplicates())
        .with("set_aside", run.failed())
        .with("broken", run.broken())
        .with("right", outcome.problems().isEmpty())
        .with("problems", outcome.problems());
  }

  private static String bytes(long bytes) {
    return bytes == 0 ? "0" : new ByteCount(bytes).toString();
  }

  private static String rate(double perSecond) {
    return String.format(Locale.ROOT, "%.1f", perSecond);
  }

  private static String seconds(Duration elapsed) {
    return String.format(Locale.ROOT, "%.1f s", elapsed.toNanos() / 1e9);
  }
}
