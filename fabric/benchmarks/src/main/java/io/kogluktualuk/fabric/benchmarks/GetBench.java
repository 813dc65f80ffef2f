package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.hash.Sha256;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// GET by hash from a memory node in another process of this host, every read verified, against
/// Redis GET over a Unix socket, which verifies nothing.
///
/// *first* is a session's first read of a hash: two one-sided reads and a SHA-256. *again* is every
/// later one: one read, verified by the keyed tag of those bytes (decision 0020). For the first,
/// Redis with a SHA-256 over what it returned is shown as well.
final class GetBench implements Bench {

  private static final int ROUNDS = 7;
  private static final String NAME = "get";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "GET 4 KiB and 1 MiB by hash, from another process";
  }

  @Override
  public List<Measurement> run(Path folder, Consumer<String> progress) throws Exception {
    List<Measurement> rows = new ArrayList<>();
    Path redisFolder = Files.createDirectory(folder.resolve("redis"));
    try (MemoryNodeProcess node = MemoryNodeProcess.start(folder.resolve("fabric"));
        RedisPeer redis = RedisPeer.start(redisFolder)) {
      if (redis == null) {
        progress.accept("get: redis-server is not installed (Debian package redis-server)");
      }
      progress.accept("get: 4 KiB");
      rows.addAll(size("4KiB", 4 << 10, 2_000, 20_000, 10.0, node.control(), redis));
      progress.accept("get: 1 MiB");
      rows.addAll(size("1MiB", 1 << 20, 48, 480, 1.0, node.control(), redis));
    }
    return rows;
  }

  private static List<Measurement> size(
      String label,
      int bytes,
      int blobs,
      int times,
      double target,
      InetSocketAddress control,
      @Nullable RedisPeer redis)
      throws Exception {
    List<Hash> hashes = store(bytes, blobs, control, redis);
    List<byte[]> commands =
        hashes.stream().map(hash -> RedisPeer.getCommand(hash.toHex())).toList();
    Pairing.Work get = redis == null ? null : n -> redisGet(redis, commands, bytes, n);
    Pairing.Work getAndHash =
        redis == null ? null : n -> redisGetAndHash(redis, commands, hashes, bytes, n);
    try (Sessions sessions = new Sessions(control, 2 * (ROUNDS + 1) + 1, hashes.getLast())) {
      Fabric fabric = sessions.next();
      Pairing.Medians again =
          Pairing.measure(2 * times, ROUNDS, times, n -> read(fabric, hashes, n), get);
      int reads = blobs - 1;
      Pairing.Medians first =
          Pairing.measure(reads, ROUNDS, reads, n -> read(sessions.next(), hashes, n), get);
      Pairing.Medians firstHashed =
          Pairing.measure(reads, ROUNDS, reads, n -> read(sessions.next(), hashes, n), getAndHash);
      return List.of(
          again.micros(NAME, label + " again", "redis GET", target),
          first.micros(NAME, label + " first", "redis GET", null),
          firstHashed.micros(NAME, label + " first, both SHA-256", "redis GET + SHA-256", null));
    }
  }

  private static List<Hash> store(
      int bytes, int count, InetSocketAddress control, @Nullable RedisPeer redis)
      throws IOException {
    List<Hash> hashes = new ArrayList<>(count);
    SplittableRandom random = new SplittableRandom(bytes);
    try (Fabric fabric = Fabric.connect(control, ClientSettings.DEFAULT)) {
      for (int i = 0; i < count; i++) {
        byte[] content = new byte[bytes];
        random.nextBytes(content);
        Blob blob = Blob.of(content);
        Operator.of(fabric).blobs().put(List.of(blob));
        hashes.add(blob.hash());
        if (redis != null) {
          redis.set(blob.hash().toHex(), content);
        }
      }
    }
    return hashes;
  }

  private static void read(Fabric fabric, List<Hash> hashes, int times) {
    long sum = 0;
    for (int i = 0; i < times; i++) {
      sum += fabric.read(hashes.get(i % hashes.size()), MemorySegment::byteSize);
    }
    check(sum > 0);
  }

  /// Sessions that have not read anything yet, but for one blob, so that they are connected.
  private static final class Sessions implements AutoCloseable {
    private final Deque<Fabric> fresh = new ArrayDeque<>();
    private final Deque<Fabric> used = new ArrayDeque<>();

    Sessions(InetSocketAddress control, int count, Hash readBefore) {
      for (int i = 0; i < count; i++) {
        Fabric fabric = Fabric.connect(control, ClientSettings.DEFAULT);
        fresh.add(fabric);
        read(fabric, List.of(readBefore), 1);
      }
    }

    Fabric next() {
      Fabric fabric = fresh.remove();
      used.add(fabric);
      return fabric;
    }

    @Override
    public void close() {
      used.forEach(Fabric::close);
      fresh.forEach(Fabric::close);
    }
  }

  private static void redisGet(RedisPeer redis, List<byte[]> commands, int bytes, int times)
      throws IOException {
    for (int i = 0; i < times; i++) {
      check(redis.get(commands.get(i % commands.size()), bytes).remaining() == bytes);
    }
  }

  private static void redisGetAndHash(
      RedisPeer redis, List<byte[]> commands, List<Hash> hashes, int bytes, int times)
      throws IOException {
    Sha256 sha = new Sha256();
    for (int i = 0; i < times; i++) {
      ByteBuffer value = redis.get(commands.get(i % commands.size()), bytes);
      Hash found = sha.update(MemorySegment.ofBuffer(value)).finish();
      check(found.equals(hashes.get(i % hashes.size())));
    }
  }

  private static void check(boolean holds) {
    if (!holds) {
      throw new IllegalStateException("a benchmark read something else than it had stored");
    }
  }
}
