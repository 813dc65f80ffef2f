package io.kogluktualuk.fabric.benchmarks;

import io.grpc.StatusRuntimeException;
import io.kogluktualuk.controlplane.api.ControlClient;
import io.kogluktualuk.controlplane.api.PlaneStatus;
import io.kogluktualuk.fabric.benchmarks.Measurement.Direction;
import io.kogluktualuk.fabric.fault.FabricException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;

/// How long updates and reads pause when a leader is killed, while one client writes and another
/// reads what is known.
///
/// **Threading:** one thread calls; two of its own write and read.
final class Failover {

  private static final int ROUNDS = 3;
  private static final Duration ATTEMPT = Duration.ofMillis(250);

  /// Nanoseconds from the kill to the first update that began after it and was acknowledged, and
  /// the longest time without a read that succeeded.
  private record Pause(double update, double read) {}

  /// Does one thing, and throws when it failed.
  private interface Attempt {
    void run(long number);
  }

  private Failover() {}

  static List<Measurement> measure(Path folder) throws Exception {
    List<Pause> ours = new ArrayList<>();
    List<Pause> peers = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      Path own = Files.createDirectories(folder.resolve("round-" + round));
      ours.add(ours(own));
      try (EtcdPeer etcd = EtcdPeer.start(own)) {
        if (etcd != null) {
          peers.add(etcd(etcd));
        }
      }
    }
    return List.of(
        row("leader killed: to next update", ours, peers, true),
        row("leader killed: longest read gap", ours, peers, false));
  }

  private static Measurement row(
      String metric, List<Pause> ours, List<Pause> peers, boolean isUpdate) {
    return ControlBench.row(
        metric,
        "ms",
        spread(ours, isUpdate),
        peers.isEmpty() ? null : spread(peers, isUpdate),
        Direction.LOWER_IS_BETTER,
        null);
  }

  private static Spread spread(List<Pause> pauses, boolean isUpdate) {
    return Spread.of(
        pauses.stream()
            .mapToDouble(pause -> (isUpdate ? pause.update() : pause.read()) * 1e-6)
            .toArray());
  }

  private static Pause ours(Path folder) throws Exception {
    try (ControlNodes nodes = ControlNodes.start(folder);
        ControlTraffic writer = ControlTraffic.open(nodes.addresses());
        ControlTraffic reader = ControlTraffic.open(nodes.addresses())) {
      ControlClient reads = reader.client(0);
      writer.record(0, List.of(ControlTraffic.memo(0)));
      PlaneStatus plane = reads.plane();
      String leader = plane.groups().getFirst().leader();
      int number = Integer.parseInt(leader.substring(leader.lastIndexOf('-') + 1));
      return pause(
          each -> writer.record(0, List.of(ControlTraffic.memo(each))),
          _ -> reads.lookup(ControlTraffic.memo(0).key()),
          () -> nodes.kill(number));
    }
  }

  private static Pause etcd(EtcdPeer etcd) throws Exception {
    int leader = etcd.leader();
    byte[] value = new byte[ControlTraffic.valueBytes()];
    etcd.put(leader, 0, ControlTraffic.key(0), value, EtcdPeer.CALL_MAX);
    return pause(
        each ->
            anywhere(
                leader, member -> etcd.put(member, 0, ControlTraffic.key(each), value, ATTEMPT)),
        _ -> anywhere(leader, member -> etcd.get(member, 1, ControlTraffic.key(0), ATTEMPT)),
        () -> etcd.kill(leader));
  }

  /// Tries one member after the other, as our link does.
  private static void anywhere(int first, IntConsumer attempt) {
    StatusRuntimeException last = null;
    for (int i = 0; i < EtcdPeer.MEMBERS; i++) {
      try {
        attempt.accept((first + i) % EtcdPeer.MEMBERS);
        return;
      } catch (StatusRuntimeException e) {
        last = e;
      }
    }
    if (last != null) {
      throw last;
    }
  }

  private static Pause pause(Attempt write, Attempt read, Runnable kill) throws Exception {
    AtomicBoolean isOver = new AtomicBoolean();
    AtomicLong killedAt = new AtomicLong(Long.MAX_VALUE);
    AtomicLong updateAt = new AtomicLong();
    AtomicLong longestGap = new AtomicLong();
    Thread writer = Thread.ofPlatform().start(() -> write(write, isOver, killedAt, updateAt));
    Thread reader = Thread.ofPlatform().start(() -> read(read, isOver, longestGap));
    TimeUnit.SECONDS.sleep(2);
    longestGap.set(0);
    killedAt.set(System.nanoTime());
    kill.run();
    writer.join(TimeUnit.SECONDS.toMillis(30));
    TimeUnit.MILLISECONDS.sleep(200);
    isOver.set(true);
    writer.join();
    reader.join();
    return new Pause(updateAt.get() - killedAt.get(), longestGap.get());
  }

  private static void write(
      Attempt write, AtomicBoolean isOver, AtomicLong killedAt, AtomicLong updateAt) {
    for (long number = 1; !isOver.get(); number++) {
      long start = System.nanoTime();
      try {
        write.run(number);
      } catch (FabricException | StatusRuntimeException e) {
        continue; // that is what is measured
      }
      if (killedAt.get() != Long.MAX_VALUE && start - killedAt.get() > 0) {
        updateAt.set(System.nanoTime());
        return;
      }
    }
  }

  private static void read(Attempt read, AtomicBoolean isOver, AtomicLong longestGap) {
    long last = System.nanoTime();
    while (!isOver.get()) {
      try {
        read.run(0);
      } catch (FabricException | StatusRuntimeException e) {
        continue; // that is what is measured
      }
      long now = System.nanoTime();
      longestGap.accumulateAndGet(now - last, Math::max);
      last = now;
    }
  }
}
