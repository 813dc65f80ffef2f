package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.client.ClientSettings;
import io.kogluktualuk.fabric.client.Fabric;
import io.kogluktualuk.fabric.client.operator.Operator;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.hash.Sha256;
import io.kogluktualuk.memnode.reader.PutPolicy;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// PUT to a memory node in another process of this host, waited for, against Redis SET over a Unix
/// socket with the same durability.
///
/// Ours hashes at both ends: the writer to name the blob, the node before it seals. Redis hashes
/// nothing; a row with two SHA-256 beside its SET shows what of the difference that is. Plain puts
/// survive the death of the process at the acknowledgement, and that of the machine a
/// second later (`appendfsync everysec`).
final class StoreBench implements Bench {

  private static final int ROUNDS = 7;
  private static final String NAME = "store";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "PUT 4 KiB and 1 MiB to a memory node, against Redis SET with the same durability";
  }

  @Override
  public List<Measurement> run(Path folder, Consumer<String> progress) throws Exception {
    List<Measurement> rows = new ArrayList<>();
    try (MemoryNodeProcess node = MemoryNodeProcess.start(folder.resolve("fabric"));
        Fabric fabric = Fabric.connect(node.control(), ClientSettings.DEFAULT)) {
      BlobStore durably = Operator.of(fabric).blobs(PutPolicy.source(1).durable());
      try (RedisPeer redis = redis(folder, "everysec")) {
        if (redis == null) {
          progress.accept("store: redis-server is not installed (Debian package redis-server)");
        }
        progress.accept("store: 4 KiB");
        rows.addAll(size("4KiB", 4 << 10, 1_000, Operator.of(fabric).blobs(), "everysec", redis));
        progress.accept("store: 1 MiB");
        rows.addAll(size("1MiB", 1 << 20, 12, Operator.of(fabric).blobs(), "everysec", redis));
      }
      try (RedisPeer redis = redis(folder, "always")) {
        progress.accept("store: 4 KiB, durable");
        rows.addAll(size("4KiB durable", 4 << 10, 200, durably, "always", redis));
      }
    }
    return rows;
  }

  private static @Nullable RedisPeer redis(Path folder, String fsync) throws Exception {
    Path own = Files.createDirectory(folder.resolve("redis-" + fsync));
    return RedisPeer.start(own, List.of("--appendonly", "yes", "--appendfsync", fsync));
  }

  private static List<Measurement> size(
      String label, int bytes, int times, BlobStore store, String fsync, @Nullable RedisPeer redis)
      throws Exception {
    Contents ours = new Contents(bytes, fsync.hashCode());
    Contents theirs = new Contents(bytes, 2);
    Pairing.Work put = n -> put(store, ours, n);
    // Until both ends' compilers have come to rest: they take their cores away from each other.
    int warmUp = 40 * times;
    Pairing.Medians plain =
        Pairing.measure(
            warmUp, ROUNDS, times, put, redis == null ? null : n -> set(redis, theirs, n));
    Pairing.Medians hashed =
        Pairing.measure(
            times, ROUNDS, times, put, redis == null ? null : n -> setAndHash(redis, theirs, n));
    return List.of(
        plain.micros(NAME, "put " + label, "redis SET, " + fsync, 1.0),
        hashed.micros(NAME, "put " + label + ", all SHA-256", "redis SET + 2 SHA-256", null));
  }

  /// Contents that differ in their first bytes, so that making one costs nothing.
  private static final class Contents {
    private final byte[] bytes;
    private long next;

    Contents(int length, long seed) {
      bytes = new byte[length];
      new SplittableRandom(seed).nextBytes(bytes);
    }

    byte[] next() {
      MemorySegment.ofArray(bytes).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, next++);
      return bytes;
    }
  }

  private static void put(BlobStore store, Contents contents, int times) {
    for (int i = 0; i < times; i++) {
      store.put(List.of(Blob.of(contents.next())));
    }
  }

  private static void set(RedisPeer redis, Contents contents, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      byte[] content = contents.next();
      redis.set("content:" + contents.next, content);
    }
  }

  private static void setAndHash(RedisPeer redis, Contents contents, int times) throws IOException {
    Sha256 sha = new Sha256();
    for (int i = 0; i < times; i++) {
      MemorySegment content = MemorySegment.ofArray(contents.next());
      Hash named = sha.update(content).finish();
      redis.set(named.toHex(), contents.bytes);
      if (!sha.update(content).finish().equals(named)) {
        throw new IllegalStateException("the same bytes had two hashes");
      }
    }
  }
}
