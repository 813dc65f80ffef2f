package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.benchmarks.Bench;
import io.kogluktualuk.fabric.benchmarks.Measurement;
import io.kogluktualuk.fabric.benchmarks.PipelineScope;
import io.kogluktualuk.fabric.benchmarks.Spread;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.units.ByteCount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `kog bench`.
///
/// **Threading:** one thread.
@Command(
    name = "bench",
    description = {
      "Measure hot paths, each beside a peer in the same run; medians of interleaved runs.",
      "With --json, one object a line:"
          + " bench, metric, unit, ours, peer, peer_name, speedup (how many times better than"
          + " the peer; null without one), target (the speedup aimed at), met, and the spread:"
          + " ours_low, ours_high, peer_low, peer_high (null where it is not known). Without it,"
          + " the spread stands behind the peer: how far below and above the median our runs lay,"
          + " and the peer's."
    },
    footer = {"", "Example:", "  kog bench get", "  kog bench all --json"})
final class BenchCommand implements Callable<Integer> {

  private static final String ALL = "all";
  private static final String PIPELINE = "pipeline";

  /// What there is to choose from.
  static final class Names implements Iterable<String> {

    @Override
    public Iterator<String> iterator() {
      return Stream.concat(Bench.all().stream().map(Bench::name), Stream.of(ALL)).iterator();
    }
  }

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(
      paramLabel = "NAME",
      completionCandidates = Names.class,
      description = "Which benchmark to run: ${COMPLETION-CANDIDATES}; all runs every one.")
  private String name = ALL;

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      description = "Where to keep data meanwhile. Default: a new temporary folder.")
  private @Nullable Path folder;

  @Option(
      names = "--full",
      description = "pipeline: the whole grid of sizes and stages, not its most telling points.")
  private boolean full;

  @Option(
      names = "--bytes",
      paramLabel = "SIZE",
      description = "pipeline: only messages of this size, such as 4KiB or 8MiB.")
  private @Nullable String bytes;

  @Option(
      names = "--stages",
      paramLabel = "N",
      description = "pipeline: only so many stages, with the source and the sink; 2 to 16.")
  private @Nullable Integer stages;

  @Option(
      names = "--touching",
      paramLabel = "N",
      description = "pipeline: only so many of the stages behind the source read every byte.")
  private @Nullable Integer touching;

  BenchCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() throws Exception {
    options.chooseVerbs();
    List<Bench> chosen =
        Bench.all(scope()).stream()
            .filter(bench -> name.equals(ALL) || name.equals(bench.name()))
            .toList();
    if (chosen.isEmpty()) {
      String names = Bench.all().stream().map(Bench::name).collect(Collectors.joining(", "));
      throw new InvalidArgument(
          "no benchmark is named '" + name + "'; there are " + names + ", all");
    }
    try (ScratchFolder scratch = ScratchFolder.create("kog-bench", folder)) {
      Logs.ofServers(scratch.path(), options.isVerbose());
      if (!options.isJson()) {
        options.terminal().line(row("bench", "metric", "ours", "peer", "better", "target", "peer"));
        options.terminal().flush();
      }
      for (Bench bench : chosen) {
        Path own = Files.createDirectory(scratch.path().resolve(bench.name()));
        bench.run(own, options.terminal().err()::println).forEach(this::print);
        options.terminal().flush();
      }
    }
    return ExitCode.OK.code();
  }

  private PipelineScope scope() {
    Long size = bytes == null ? null : ByteCount.parse(bytes).bytes();
    PipelineScope scope =
        new PipelineScope(full, size == null ? null : Math.toIntExact(size), stages, touching);
    if (!scope.equals(PipelineScope.SHORT) && !name.equals(PIPELINE)) {
      throw new InvalidArgument(
          "--full, --bytes, --stages and --touching are for '"
              + PIPELINE
              + "', not '"
              + name
              + "'");
    }
    return scope;
  }

  private void print(Measurement m) {
    if (options.isJson()) {
      options.terminal().line(json(m).toLine());
      return;
    }
    Double speedup = m.speedup();
    options
        .terminal()
        .line(
            row(
                m.bench(),
                m.metric(),
                figure(m.ours(), m.unit()),
                m.peer() == null ? "–" : figure(m.peer(), m.unit()),
                speedup == null ? "–" : String.format(Locale.ROOT, "%.2f×", speedup),
                target(m),
                Objects.requireNonNullElse(m.peerName(), "–") + spread(m)));
  }

  private static Json json(Measurement m) {
    return new Json()
        .with("bench", m.bench())
        .with("metric", m.metric())
        .with("unit", m.unit())
        .with("ours", m.ours())
        .with("peer", m.peer())
        .with("peer_name", m.peerName())
        .with("speedup", m.speedup())
        .with("target", m.target())
        .with("met", m.isMet())
        .with("ours_low", m.oursSpread() == null ? null : m.oursSpread().low())
        .with("ours_high", m.oursSpread() == null ? null : m.oursSpread().high())
        .with("peer_low", m.peerSpread() == null ? null : m.peerSpread().low())
        .with("peer_high", m.peerSpread() == null ? null : m.peerSpread().high());
  }

  private static String target(Measurement m) {
    Boolean isMet = m.isMet();
    return isMet == null ? "–" : isMet ? "met" : "missed";
  }

  /// How far from the medians the runs lay: ours, the peer's.
  private static String spread(Measurement m) {
    return m.oursSpread() == null || m.ours() == 0
        ? ""
        : " (" + range(m.oursSpread()) + ", " + range(m.peerSpread()) + ")";
  }

  private static String range(@Nullable Spread spread) {
    return spread == null || spread.median() == 0
        ? "–"
        : String.format(
            Locale.ROOT,
            "%+.0f%% %+.0f%%",
            100 * (spread.low() / spread.median() - 1),
            100 * (spread.high() / spread.median() - 1));
  }

  private static String figure(double value, String unit) {
    String format =
        value == 0 ? "%.0f %s" : value < 0.1 ? "%.4f %s" : value < 10 ? "%.2f %s" : "%.1f %s";
    return String.format(Locale.ROOT, format, value, unit).strip();
  }

  private static String row(
      String bench,
      String metric,
      String ours,
      String peer,
      String better,
      String target,
      String peerName) {
    return "%-15s %-34s %12s %12s %8s %-6s  %s"
        .formatted(bench, metric, ours, peer, better, target, peerName)
        .stripTrailing();
  }
}
