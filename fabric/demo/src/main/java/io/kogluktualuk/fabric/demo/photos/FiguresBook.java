package io.kogluktualuk.fabric.demo.photos;

import java.time.Duration;
import java.util.Objects;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Keeps of all standings of a run what its figures need.
///
/// **Threading:** one thread.
final class FiguresBook {

  private final Way way;
  private final int slowFrom;
  private long peakMemory;
  private long peakFabric;
  private long peakHeld;
  private double fastSeconds;
  private long fastCount;
  private double halfSeconds;
  private long halfCount;
  private @Nullable Standing last;

  FiguresBook(Way way, int slowFrom) {
    this.way = way;
    this.slowFrom = slowFrom;
  }

  /// @param isFast whether no run that goes on at the same time has come to what is slow
  void add(Standing now, boolean isFast) {
    peakMemory = Math.max(peakMemory, now.memory());
    peakFabric = Math.max(peakFabric, now.fabricMemory());
    peakHeld = Math.max(peakHeld, now.held());
    if (now.indexed() <= slowFrom) {
      halfSeconds = seconds(now.elapsed());
      halfCount = now.indexed();
      if (isFast) {
        fastSeconds = halfSeconds;
        fastCount = halfCount;
      }
    }
    last = now;
  }

  /// All processes have ended: their last words count, but not the time that took.
  void end(Standing now) {
    last = now.after(Objects.requireNonNull(last, "nothing was ever added").elapsed());
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  /// @param taken photos that a camera has sent, the same ones after it was started again
  RunFigures figures(long taken, Duration cpu, @Nullable String broken) {
    Standing end = Objects.requireNonNull(last, "nothing was ever added");
    double slowSeconds = seconds(end.elapsed()) - halfSeconds;
    return new RunFigures(
        way,
        taken,
        end.indexed(),
        end.elapsed(),
        fastSeconds > 0 ? fastCount / fastSeconds : 0,
        slowSeconds > 0 ? (end.indexed() - halfCount) / slowSeconds : 0,
        sum(end, StageProgress::moved),
        cpu,
        peakMemory,
        peakFabric,
        peakHeld,
        end.stages().stream().mapToInt(stage -> stage.starts() - 1).sum(),
        sum(end, StageProgress::resent),
        sum(end, StageProgress::duplicates),
        sum(end, StageProgress::failed),
        broken);
  }

  private static long sum(Standing end, ToLongFunction<StageProgress> figure) {
    return end.stages().stream().map(StageStand::progress).mapToLong(figure).sum();
  }
}
