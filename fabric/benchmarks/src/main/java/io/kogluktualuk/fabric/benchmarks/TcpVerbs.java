package io.kogluktualuk.fabric.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// TCP: the round trip of a small READ against a raw request and answer of the same sizes, and the
/// throughput of large READs, many in flight, against raw answers and against iperf3.
///
/// **Threading:** one thread.
final class TcpVerbs {

  private static final int SMALL = 4 << 10;
  private static final int LARGE = 1 << 20;
  private static final int ROUNDS = 9;
  private static final int SMALL_TIMES = 5_000;
  private static final int LARGE_TIMES = 512;
  private static final int IPERF_ROUNDS = 3;

  private static final double OF_PINGPONG = 1 / 1.3;
  private static final double OF_STREAM = 0.7;

  private final Path folder;
  private final Consumer<String> progress;
  private String rawMissing = "not measured: the raw peer has ended";

  TcpVerbs(Path folder, Consumer<String> progress) {
    this.folder = folder;
    this.progress = progress;
  }

  List<Measurement> run() throws Exception {
    List<Measurement> rows = new ArrayList<>();
    try (VerbsPair pair = VerbsPair.start("tcp", folder);
        EpollPeer raw = EpollPeer.start(folder, why -> rawMissing = why)) {
      progress.accept("TCP, READ of 4 KiB");
      rows.add(roundTrip(pair, raw));
      progress.accept("TCP, READ of 1 MiB, 64 in flight");
      rows.addAll(throughput(pair, raw));
      double bytes = pair.allocated("read-warm", SMALL, SMALL_TIMES);
      rows.add(Rows.allocation("TCP READ 4KiB, allocated", bytes));
    }
    return rows;
  }

  private Measurement roundTrip(VerbsPair pair, @Nullable EpollPeer raw) throws Exception {
    List<Contest.Contender> contenders = new ArrayList<>();
    contenders.add(pair.contender("read-warm", SMALL));
    if (raw != null) {
      contenders.add(raw.contender("pingpong", SMALL));
    }
    List<Spread> spreads = Contest.hold(4 * SMALL_TIMES, ROUNDS, SMALL_TIMES, contenders);
    return raw == null
        ? Rows.time("TCP READ 4KiB", spreads.getFirst(), null, rawMissing, OF_PINGPONG)
        : Rows.time(
            "TCP READ 4KiB", spreads.getFirst(), spreads.get(1), "raw epoll in C", OF_PINGPONG);
  }

  private List<Measurement> throughput(VerbsPair pair, @Nullable EpollPeer raw) throws Exception {
    List<Contest.Contender> contenders = new ArrayList<>();
    contenders.add(pair.contender("stream-warm", LARGE));
    if (raw != null) {
      contenders.add(raw.contender("stream", LARGE));
    }
    String metric = "TCP READ 1MiB, 64 in flight, warm";
    List<Spread> spreads = Contest.hold(LARGE_TIMES, ROUNDS, LARGE_TIMES, contenders);
    Measurement againstRaw =
        raw == null
            ? Rows.rate(metric, LARGE, spreads.getFirst(), null, rawMissing, OF_STREAM)
            : Rows.rate(
                metric, LARGE, spreads.getFirst(), spreads.get(1), "raw epoll in C", OF_STREAM);
    Spread cold =
        Contest.hold(
                LARGE_TIMES, ROUNDS, LARGE_TIMES, List.of(pair.contender("stream-cold", LARGE)))
            .getFirst();
    return List.of(
        againstRaw,
        againstIperf(metric, pair, spreads.getFirst()),
        Rows.rate(
            "TCP READ 1MiB, 64 in flight, cold",
            LARGE,
            cold,
            null,
            "both peers send the same bytes again",
            null));
  }

  private Measurement againstIperf(String metric, VerbsPair pair, Spread alone) throws Exception {
    if (!Iperf.isInstalled()) {
      return Rows.rate(
          metric, LARGE, alone, null, "not measured: iperf3 is not installed", OF_STREAM);
    }
    List<Spread> spreads =
        Contest.hold(
            LARGE_TIMES,
            IPERF_ROUNDS,
            2 * LARGE_TIMES,
            List.of(
                pair.contender("stream-warm", LARGE),
                times -> Iperf.nanos(folder, (long) times * LARGE)));
    return Rows.rate(metric, LARGE, spreads.getFirst(), spreads.get(1), "iperf3", OF_STREAM);
  }
}
