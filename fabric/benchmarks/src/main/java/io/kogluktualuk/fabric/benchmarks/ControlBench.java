package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.fabric.benchmarks.Measurement.Direction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Updates of the memo index with three control nodes beside three members of etcd, both with
/// durable logs on the same disk, both asked at their leader; then the death of a leader.
///
/// A key has 32 bytes; etcd's value has as many as our memo record without its key.
final class ControlBench implements Bench {

  static final String NAME = "control";

  private static final int BATCH = 100;
  private static final int ROUNDS = 5;
  private static final long WARM_UP_NANOS = 10_000_000_000L;

  /// The peer has no compiler that would have to come to an end.
  private static final long PEER_WARM_UP_NANOS = 3_000_000_000L;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "updates and failover of a control plane of three nodes";
  }

  /// One operation of one client.
  private interface Operation {
    /// @param number never the same twice
    void run(int client, long number);
  }

  @Override
  public List<Measurement> run(Path folder, Consumer<String> progress) throws Exception {
    List<Measurement> rows = new ArrayList<>();
    try (ControlNodes nodes = ControlNodes.start(folder);
        ControlTraffic ours = ControlTraffic.open(nodes.addresses());
        EtcdPeer etcd = EtcdPeer.start(folder)) {
      byte[] value = new byte[ControlTraffic.valueBytes()];
      int leader = etcd == null ? 0 : etcd.leader();
      Operation ourBatch = (client, number) -> ours.record(client, ControlTraffic.memos(number));
      Operation theirBatch =
          etcd == null
              ? null
              : (client, number) -> etcd.putAll(leader, client, ControlTraffic.keys(number), value);
      Operation ourOne =
          (client, number) -> ours.record(client, List.of(ControlTraffic.memo(number)));
      Operation theirOne =
          etcd == null
              ? null
              : (client, number) ->
                  etcd.put(leader, client, ControlTraffic.key(number), value, EtcdPeer.CALL_MAX);
      progress.accept("control: warming both up");
      warmUp(32, ourBatch, theirBatch);
      warmUp(256, ourOne, theirOne);
      warmUp(1, ourOne, theirOne);
      progress.accept("control: transactions of 100 updates");
      rows.add(rate("100 updates, 8 clients", 8, 600, BATCH, ourBatch, theirBatch, 10.0));
      rows.add(rate("100 updates, 32 clients", 32, 1200, BATCH, ourBatch, theirBatch, 10.0));
      progress.accept("control: single updates");
      rows.add(rate("1 update, 256 clients", 256, 12_000, 1, ourOne, theirOne, 1.5));
      rows.add(latency(ourOne, theirOne));
    }
    progress.accept("control: the death of a leader");
    rows.addAll(Failover.measure(Files.createDirectories(folder.resolve("failover"))));
    return rows;
  }

  /// Servers run for weeks; what a compiler does in their first seconds is not what is measured.
  private static void warmUp(int clients, Operation ours, @Nullable Operation peer)
      throws Exception {
    warmUp(clients, ours, WARM_UP_NANOS);
    if (peer != null) {
      warmUp(clients, peer, PEER_WARM_UP_NANOS);
    }
  }

  private static void warmUp(int clients, Operation operation, long nanos) throws Exception {
    AtomicLong numbers = new AtomicLong(System.nanoTime());
    long start = System.nanoTime();
    while (System.nanoTime() - start < nanos) {
      nanos(clients, 16 * clients, numbers, operation);
    }
  }

  private static Measurement rate(
      String metric,
      int clients,
      int times,
      int commands,
      Operation ours,
      @Nullable Operation peer,
      double target)
      throws Exception {
    List<Spread> spreads = contest(clients, times, ours, peer);
    Spread own = spreads.getFirst().inverse(commands * 1e9);
    Spread other = spreads.size() > 1 ? spreads.get(1).inverse(commands * 1e9) : null;
    return row(metric, "/s", own, other, Direction.HIGHER_IS_BETTER, target);
  }

  private static Measurement latency(Operation ours, @Nullable Operation peer) throws Exception {
    List<Spread> spreads = contest(1, 1000, ours, peer);
    Spread own = spreads.getFirst().times(1e-6);
    Spread other = spreads.size() > 1 ? spreads.get(1).times(1e-6) : null;
    // At most 1.2 times as long.
    return row("1 update, 1 client", "ms", own, other, Direction.LOWER_IS_BETTER, 1 / 1.2);
  }

  static Measurement row(
      String metric,
      String unit,
      Spread ours,
      @Nullable Spread peer,
      Direction direction,
      @Nullable Double target) {
    return new Measurement(
        NAME,
        metric,
        unit,
        ours.median(),
        peer == null ? null : peer.median(),
        peer == null ? "etcd is not installed" : "etcd",
        direction,
        ours,
        peer,
        target);
  }

  private static List<Spread> contest(
      int clients, int times, Operation ours, @Nullable Operation peer) throws Exception {
    AtomicLong numbers = new AtomicLong(System.nanoTime());
    List<Contest.Contender> contenders = new ArrayList<>();
    contenders.add(count -> nanos(clients, count, numbers, ours));
    if (peer != null) {
      contenders.add(count -> nanos(clients, count, numbers, peer));
    }
    return Contest.hold(times / 4, ROUNDS, times, contenders);
  }

  /// Has clients share a number of operations.
  private static long nanos(int clients, int times, AtomicLong numbers, Operation operation)
      throws Exception {
    AtomicLong left = new AtomicLong(times);
    long start = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        int client = i;
        running.add(
            threads.submit(
                () -> {
                  while (left.getAndDecrement() > 0) {
                    operation.run(client, numbers.incrementAndGet());
                  }
                }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
    return System.nanoTime() - start;
  }
}
