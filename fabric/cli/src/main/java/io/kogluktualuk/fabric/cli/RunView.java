package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.computenode.api.Progress;
import io.kogluktualuk.computenode.api.RunCounters;
import io.kogluktualuk.fabric.client.RunListener;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.units.ByteCount;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/// Shows how a run goes: several lines that are redrawn on a terminal, or a line now and then.
///
/// **Threading:** any thread; one at a time draws. **Bound:** [#LINES_MAX] lines, a line at least
/// [#PLAIN_INTERVAL_NANOS] after the one before.
final class RunView implements RunListener, AutoCloseable {

  /// How much to show.
  enum Mode {
    /// Several lines, redrawn in place; needs a terminal.
    LIVE,
    /// A line each time something has changed.
    PLAIN,
    NONE
  }

  static final int LINES_MAX = 8;
  static final long PLAIN_INTERVAL_NANOS = 1_000_000_000L;

  private static final int BAR_WIDTH = 30;
  private static final int LINE_WIDTH = 78;

  private final PrintStream out;
  private final LiveLines live;
  private final Mode mode;
  private final String title;
  private final LongSupplier nanoClock;
  private final long startNanos;
  private long plainNanos;
  private RunCounters shown = RunCounters.ZERO;
  private boolean isClosed;

  /// @param title what is being done, for the first line
  /// @param nanoClock monotonic
  RunView(PrintStream out, Mode mode, String title, LongSupplier nanoClock) {
    this.out = out;
    this.live = new LiveLines(out);
    this.mode = mode;
    this.title = title;
    this.nanoClock = nanoClock;
    this.startNanos = nanoClock.getAsLong();
    this.plainNanos = startNanos;
  }

  /// The view that suits standard error: live on a terminal, otherwise `elsewhere`.
  static RunView open(Terminal terminal, String title, Mode elsewhere) {
    Mode mode = terminal.isErrTerminal() ? Mode.LIVE : elsewhere;
    return new RunView(terminal.err(), mode, title, System::nanoTime);
  }

  @Override
  public synchronized void onProgress(Hash key, Progress progress) {
    if (isClosed) {
      return;
    }
    switch (mode) {
      case LIVE -> live.draw(lines(progress));
      case PLAIN -> plain(progress.counters());
      case NONE -> {}
    }
  }

  /// Removes the live lines; what was printed in plain mode stays.
  @Override
  public synchronized void close() {
    if (!isClosed) {
      live.clear();
    }
    isClosed = true;
  }

  private void plain(RunCounters counters) {
    long now = nanoClock.getAsLong();
    if (now - plainNanos >= PLAIN_INTERVAL_NANOS && !counters.equals(shown)) {
      plainNanos = now;
      shown = counters;
      out.println(elapsed() + "  " + title + ": " + transactions(counters));
    }
  }

  private List<String> lines(Progress progress) {
    RunCounters c = progress.counters();
    List<String> lines = new ArrayList<>();
    lines.add(cut(title + "  " + elapsed()));
    lines.add("  " + bar(c.run() + c.hit(), c.started()));
    lines.add(cut("  " + transactions(c)));
    lines.add(cut("  " + volume(c)));
    progress.programs().stream()
        .limit(LINES_MAX - lines.size())
        .forEach(program -> lines.add(cut("    " + RefText.printable(program))));
    return lines;
  }

  static String transactions(RunCounters c) {
    String text = "%,d run · %,d hit".formatted(c.run(), c.hit());
    text += c.failed() == 0 ? "" : " · %,d failed".formatted(c.failed());
    return text
        + " · %,d running · %,d waiting · %,d queued"
            .formatted(c.running(), c.waiting(), c.queued());
  }

  static String volume(RunCounters c) {
    return "read %s · written %s · %s instructions"
        .formatted(
            new ByteCount(c.bytesRead()), new ByteCount(c.bytesWritten()), scaled(c.fuelUsed()));
  }

  /// `1.2 G`: at most four digits and a prefix.
  static String scaled(long count) {
    if (count < 1000) {
      return Long.toString(count);
    }
    double value = count;
    int prefix = -1;
    while (value >= 999.95) {
      value /= 1000;
      prefix++;
    }
    return String.format(Locale.ROOT, "%.1f %c", value, "kMGTPE".charAt(prefix));
  }

  private String bar(long done, long all) {
    int filled = all == 0 ? 0 : (int) (BAR_WIDTH * Math.min(done, all) / all);
    return "[" + "#".repeat(filled) + "-".repeat(BAR_WIDTH - filled) + "]  " + done + " of " + all;
  }

  private String elapsed() {
    double seconds = (nanoClock.getAsLong() - startNanos) / 1e9;
    return String.format(Locale.ROOT, "%.1f s", seconds);
  }

  private static String cut(String line) {
    return line.length() <= LINE_WIDTH ? line : line.substring(0, LINE_WIDTH - 1) + "…";
  }
}
