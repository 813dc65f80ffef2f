package io.kogluktualuk.fabric.cli;

import io.kogluktualuk.fabric.benchmarks.Bench;
import io.kogluktualuk.fabric.benchmarks.Measurement;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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
      "NAME is memo, subtransaction, get, sort, or all. With --json, one object a line:"
          + " bench, metric, unit, ours, peer, peer_name, speedup (how many times better than"
          + " the peer; null without one)."
    },
    footer = {"", "Example:", "  kog bench get", "  kog bench all --json"})
final class BenchCommand implements Callable<Integer> {

  private static final String ALL = "all";

  @Mixin(name = "options")
  private final CommonOptions options;

  @Parameters(paramLabel = "NAME", description = "Which benchmark to run; all runs every one.")
  private String name = ALL;

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      description = "Where to keep data meanwhile. Default: a new temporary folder.")
  private @Nullable Path folder;

  BenchCommand(Terminal terminal) {
    options = new CommonOptions(terminal);
  }

  @Override
  public Integer call() throws Exception {
    options.chooseVerbs();
    List<Bench> chosen =
        Bench.all().stream()
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
        options.terminal().line(row("bench", "metric", "ours", "peer", "better", "peer"));
      }
      for (Bench bench : chosen) {
        Path own = Files.createDirectory(scratch.path().resolve(bench.name()));
        bench.run(own, options.terminal().err()::println).forEach(this::print);
        options.terminal().flush();
      }
    }
    return ExitCode.OK.code();
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
                Objects.requireNonNullElse(m.peerName(), "–")));
  }

  private static Json json(Measurement m) {
    return new Json()
        .with("bench", m.bench())
        .with("metric", m.metric())
        .with("unit", m.unit())
        .with("ours", m.ours())
        .with("peer", m.peer())
        .with("peer_name", m.peerName())
        .with("speedup", m.speedup());
  }

  private static String figure(double value, String unit) {
    String format = value < 0.1 ? "%.4f %s" : value < 10 ? "%.2f %s" : "%.1f %s";
    return String.format(Locale.ROOT, format, value, unit);
  }

  private static String row(
      String bench, String metric, String ours, String peer, String better, String peerName) {
    return "%-15s %-34s %12s %12s %8s  %s"
        .formatted(bench, metric, ours, peer, better, peerName)
        .stripTrailing();
  }
}
