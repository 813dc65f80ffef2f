package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.computenode.api.RunCounters;
import io.kogluktualuk.fabric.client.RunListener;
import io.kogluktualuk.fabric.demo.Act;
import io.kogluktualuk.fabric.demo.Demo;
import io.kogluktualuk.fabric.node.EmbeddedCluster;
import io.kogluktualuk.fabric.units.ByteCount;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Shows the demo: what goes on to standard error, the result to standard output.
///
/// **Threading:** one thread; a run's progress may come from another.
final class DemoView implements Demo.Audience {

  private final CommonOptions options;
  private @Nullable RunView running;

  DemoView(CommonOptions options) {
    this.options = options;
  }

  void onCluster(EmbeddedCluster cluster) {
    String nodes =
        cluster.nodes().stream()
            .map(node -> node.name() + " at " + node.address().getPort())
            .collect(Collectors.joining(", "));
    onStep("a fabric of " + cluster.nodes().size() + " nodes: " + nodes);
  }

  @Override
  public void onStep(String what) {
    closeRun();
    options.terminal().err().println(what);
  }

  @Override
  public RunListener onRun(String what) {
    closeRun();
    RunView view = RunView.open(options.terminal(), what, RunView.Mode.PLAIN);
    running = view;
    return view;
  }

  @Override
  public void onAct(Act act) {
    RunCounters c = act.counters();
    onStep(
        "%s: %,d transactions run, %,d hit, in %s; %s"
            .formatted(act.name(), c.run(), c.hit(), time(act.elapsed()), words(act.check())));
  }

  /// Prints the summary; returns how the demo ends.
  ExitCode onEnd(List<Act> acts) {
    closeRun();
    options.print(table(acts), json(acts));
    boolean differs = acts.stream().anyMatch(act -> act.check() == Act.Check.DIFFERENT);
    return differs ? ExitCode.CORRUPTION : ExitCode.OK;
  }

  private void closeRun() {
    if (running != null) {
      running.close();
      running = null;
    }
  }

  private static String table(List<Act> acts) {
    StringBuilder table = new StringBuilder();
    table.append(row("act", "run", "hit", "one-sided reads", "time", "output", "check"));
    for (Act act : acts) {
      RunCounters c = act.counters();
      table.append(
          row(
              act.name(),
              "%,d".formatted(c.run()),
              "%,d".formatted(c.hit()),
              new ByteCount(c.bytesRead()).toString(),
              time(act.elapsed()),
              act.output().hash().toShortHex(),
              words(act.check())));
    }
    return table.toString().stripTrailing();
  }

  private static String row(
      String act, String run, String hit, String read, String time, String output, String check) {
    return "%-19s %6s %6s %16s %10s  %-12s  %s%n"
        .formatted(act, run, hit, read, time, output, check);
  }

  private static String words(Act.Check check) {
    return switch (check) {
      case SAME -> "same as sort";
      case DIFFERENT -> "DIFFERS from sort";
      case NOT_CHECKED -> "not checked: no sort here";
    };
  }

  static String time(Duration elapsed) {
    double seconds = elapsed.toNanos() / 1e9;
    return seconds >= 1
        ? String.format(Locale.ROOT, "%.2f s", seconds)
        : String.format(Locale.ROOT, "%.1f ms", seconds * 1000);
  }

  private static Json json(List<Act> acts) {
    List<Json> list =
        acts.stream()
            .map(
                act ->
                    new Json()
                        .with("act", act.name())
                        .with("seconds", act.elapsed())
                        .with("output", act.output())
                        .with("check", act.check().name().toLowerCase(Locale.ROOT))
                        .with("transactions", RunText.counters(act.counters())))
            .toList();
    return new Json().with("acts", list);
  }
}
