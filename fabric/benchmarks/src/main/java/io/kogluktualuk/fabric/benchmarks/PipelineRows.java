package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.fabric.benchmarks.Measurement.Direction;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Measures one point of the pipeline benchmark with all chains in turn, and makes its rows.
///
/// **Threading:** one thread.
final class PipelineRows {

  static final String NAME = "pipeline";
  private static final int ROUNDS = 5;

  /// Of a chain that has just begun, with each of [PipelineScope#warmUps] or with what is measured
  /// next: C2 has done most of its work then.
  private static final Duration FIRST_WARM_UP = Duration.ofSeconds(10);

  /// Of each chain, before each point.
  private static final Duration WARM_UP = Duration.ofSeconds(2);

  private static final double MILLIS = 1e-6;
  private static final double MEBI = 1.0 / (1 << 20);

  private final StageChain ours;
  private final List<StageChain> peers;

  /// @param peers the first is the one that targets are for
  PipelineRows(StageChain ours, List<StageChain> peers) {
    this.ours = ours;
    this.peers = peers;
  }

  /// What one chain did at a point.
  ///
  /// @param nanos of one message
  /// @param p50 nanoseconds from source to sink
  /// @param copied bytes for each byte produced
  /// @param stagesPeak most bytes of memory of all stages together
  /// @param allPeak the same with the server
  private record Result(
      Spread nanos, long p50, long p99, double copied, long stagesPeak, long allPeak) {}

  /// Has the chains that last at work until their compilers have come to rest, one after the
  /// other: a machine has few cores.
  void warmUp(PipelinePoint point) throws IOException {
    for (StageChain chain : chains()) {
      if (chain.isLasting()) {
        chain.warmUp(point, FIRST_WARM_UP);
      }
    }
  }

  private static void prepare(StageChain chain, PipelinePoint point) throws IOException {
    chain.warmUp(point, chain.beginAnew(point) ? FIRST_WARM_UP : WARM_UP);
  }

  /// @param rateTarget how many times the throughput is aimed at; null for none
  List<Measurement> of(PipelinePoint point, @Nullable Double rateTarget) throws Exception {
    List<Result> results = measure(point);
    Result own = results.getFirst();
    List<Measurement> rows = new ArrayList<>();
    for (int i = 0; i < peers.size(); i++) {
      Result peer = results.get(i + 1);
      String name = peers.get(i).name();
      String label = point.label();
      rows.add(rate(label, own.nanos, peer.nanos, name, i == 0 ? rateTarget : null));
      rows.add(low(label + " p50", "ms", own.p50 * MILLIS, peer.p50 * MILLIS, name));
      rows.add(low(label + " p99", "ms", own.p99 * MILLIS, peer.p99 * MILLIS, name));
      rows.add(low(label + " copied/produced", "", own.copied, peer.copied, name));
      rows.add(low(label + " memory", "MiB", own.stagesPeak * MEBI, peer.stagesPeak * MEBI, name));
      rows.add(
          low(label + " memory, server too", "MiB", own.allPeak * MEBI, peer.allPeak * MEBI, name));
    }
    return rows;
  }

  private List<StageChain> chains() {
    List<StageChain> chains = new ArrayList<>(List.of(ours));
    chains.addAll(peers);
    return chains;
  }

  private List<Result> measure(PipelinePoint point) throws Exception {
    List<StageChain> chains = chains();
    List<Contest.Contender> contenders = chains.stream().map(c -> c.contender(point)).toList();
    List<PeakMemory> memories = new ArrayList<>();
    List<Long> before = new ArrayList<>();
    try {
      for (StageChain chain : chains) {
        prepare(chain, point);
        memories.add(chain.watchMemory());
        chain.forget();
        before.add(chain.copied());
      }
      List<Spread> spreads = Contest.hold(1, ROUNDS, point.times(), contenders);
      double produced = (1.0 + (double) ROUNDS * point.times()) * point.bytes();
      List<Result> results = new ArrayList<>();
      for (int i = 0; i < chains.size(); i++) {
        results.add(
            new Result(
                spreads.get(i),
                chains.get(i).latency("p50"),
                chains.get(i).latency("p99"),
                (chains.get(i).copied() - before.get(i)) / produced,
                memories.get(i).stages(),
                memories.get(i).all()));
      }
      return results;
    } finally {
      memories.forEach(PeakMemory::close);
    }
  }

  /// The throughput only, against the first peer.
  Measurement rate(PipelinePoint point) throws Exception {
    StageChain peer = peers.getFirst();
    prepare(ours, point);
    prepare(peer, point);
    List<Spread> spreads =
        Contest.hold(1, 3, point.times(), List.of(ours.contender(point), peer.contender(point)));
    return rate(point.label(), spreads.getFirst(), spreads.get(1), peer.name(), null);
  }

  /// The peak of the stages' memory with a few and with many messages that wait for a slow sink.
  List<Measurement> bounded(PipelinePoint slow, int few, int many) throws IOException {
    List<Measurement> rows = new ArrayList<>();
    for (StageChain chain : chains()) {
      double first = peak(chain, slow, few);
      double second = peak(chain, slow, many);
      String metric = "slow sink, memory " + (chain == ours ? "" : chain.name());
      String peerName = "with " + few + " messages to send instead of " + many;
      rows.add(
          new Measurement(
              NAME,
              metric.strip(),
              "MiB",
              second,
              first,
              peerName,
              Direction.LOWER_IS_BETTER,
              null,
              null,
              chain == ours ? 0.9 : null));
    }
    return rows;
  }

  private static double peak(StageChain chain, PipelinePoint point, int times) throws IOException {
    try (PeakMemory memory = chain.watchMemory()) {
      chain.run(point, times);
      return memory.stages() * MEBI;
    }
  }

  private static Measurement rate(
      String metric, Spread ours, Spread peer, String peerName, @Nullable Double target) {
    Spread own = ours.inverse(1e9);
    Spread other = peer.inverse(1e9);
    return new Measurement(
        NAME,
        metric,
        "/s",
        own.median(),
        other.median(),
        peerName,
        Direction.HIGHER_IS_BETTER,
        own,
        other,
        target);
  }

  private static Measurement low(
      String metric, String unit, double ours, double peer, String peerName) {
    return new Measurement(NAME, metric, unit, ours, peer, peerName, Direction.LOWER_IS_BETTER);
  }
}
