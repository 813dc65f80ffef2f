package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.demo.photos.PhotoDemo;
import io.kogluktualuk.fabric.demo.photos.PhotoPlan;
import io.kogluktualuk.fabric.demo.photos.RunFigures;
import io.kogluktualuk.fabric.demo.photos.Standing;
import io.kogluktualuk.fabric.demo.photos.Step;
import io.kogluktualuk.fabric.demo.photos.Way;
import io.kogluktualuk.fabric.node.EmbeddedCluster;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Shows the pipeline demo: what goes on to standard error, as a table that is redrawn on a
/// terminal or a line now and then; the result to standard output.
///
/// **Threading:** one thread. **Bound:** a line for each run every [#PLAIN_NANOS].
final class PipelineView implements PhotoDemo.Audience, AutoCloseable {

  private static final long PLAIN_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final CommonOptions options;
  private final LiveLines live;
  private final boolean isLive;
  private long plainNanos = System.nanoTime();

  PipelineView(CommonOptions options) {
    this.options = options;
    this.live = new LiveLines(options.terminal().err());
    this.isLive = options.terminal().isErrTerminal();
  }

  void onPlan(PhotoPlan plan, EmbeddedCluster cluster) {
    String photos =
        plan.images() == null
            ? "%d made-up photos of %d x %d pixels"
                .formatted(plan.count(), plan.width(), plan.height())
            : "%d photos from %s".formatted(plan.count(), plan.images());
    onStep(
        photos
            + "; a fabric of %d nodes in process %d"
                .formatted(cluster.nodes().size(), ProcessHandle.current().pid()));
  }

  @Override
  public void onStep(String what) {
    live.clear();
    options.terminal().err().println(what);
  }

  @Override
  public void onStandings(List<Standing> standings) {
    long nowNanos = System.nanoTime();
    if (isLive) {
      live.draw(PipelineText.frame(standings));
    } else if (nowNanos - plainNanos >= PLAIN_NANOS) {
      plainNanos = nowNanos;
      standings.stream()
          .filter(standing -> !standing.isOver())
          .forEach(standing -> options.terminal().err().println(PipelineText.line(standing)));
    }
  }

  @Override
  public void onFallen(Way way, Step step, long pid, String ending, boolean isReplaced) {
    onStep("%s: process %d (%s) has died: %s".formatted(way.words(), pid, step.word(), ending));
    onStep(
        isReplaced
            ? "  another takes its place, and is sent what was not done"
            : "  what it had is lost, and the run is over");
  }

  @Override
  public void onRun(RunFigures figures) {
    onStep(PipelineText.sentence(figures));
  }

  /// Prints the summary; returns how the demo ends.
  ExitCode onEnd(List<PhotoDemo.Outcome> outcomes, boolean isInTurn) {
    live.clear();
    outcomes.forEach(
        outcome ->
            outcome
                .problems()
                .forEach(problem -> onStep(outcome.figures().way().words() + ": " + problem)));
    options.print(PipelineText.table(outcomes, isInTurn), PipelineText.json(outcomes, isInTurn));
    boolean isWrong = outcomes.stream().anyMatch(outcome -> !outcome.problems().isEmpty());
    return isWrong ? ExitCode.CORRUPTION : ExitCode.OK;
  }

  @Override
  public void close() {
    live.clear();
  }
}
