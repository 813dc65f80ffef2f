package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.fabric.benchmarks.Measurement.Direction;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.hash.Sha256;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// SHA-256 of several blobs together, against the JDK's digest of one after the other.
///
/// One thread; all bytes are on the heap, and in the second-level cache when they are short.
final class HashBench implements Bench {

  private static final int ROUNDS = 9;

  /// Bytes that a round hashes, so that each takes some 10 ms.
  private static final int ROUND_BYTES = 64 << 20;

  @Override
  public String name() {
    return "hash";
  }

  @Override
  public String summary() {
    return "SHA-256 of several blobs together, against one after the other";
  }

  @Override
  public List<Measurement> run(Path folder, Consumer<String> progress) throws Exception {
    List<Measurement> rows = new ArrayList<>();
    rows.add(row(1, 256 << 10));
    rows.add(row(3, 256 << 10));
    rows.add(row(16, 256 << 10));
    rows.add(row(16, 4 << 10));
    return rows;
  }

  private static Measurement row(int count, int bytes) throws Exception {
    List<byte[]> blobs = blobs(count, bytes);
    List<Sha256> streams = Stream.generate(Sha256::new).limit(count).toList();
    List<MemorySegment> segments = blobs.stream().map(MemorySegment::ofArray).toList();
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    check(streams, segments, digest, blobs);
    int times = ROUND_BYTES / (count * bytes);
    Pairing.Medians medians =
        Pairing.measure(
            5 * times,
            ROUNDS,
            times,
            n -> {
              for (int i = 0; i < n; i++) {
                Sha256.updateEach(streams, segments);
                streams.forEach(Sha256::finish);
              }
            },
            n -> {
              for (int i = 0; i < n; i++) {
                blobs.forEach(digest::digest);
              }
            });
    double total = (double) count * bytes;
    Spread own = medians.own().inverse(total);
    Spread peer = Objects.requireNonNull(medians.theirs()).inverse(total);
    return new Measurement(
        "hash",
        count + " of " + (bytes >> 10) + " KiB",
        "GB/s",
        own.median(),
        peer.median(),
        "JDK, one by one",
        Direction.HIGHER_IS_BETTER,
        own,
        peer,
        null);
  }

  private static List<byte[]> blobs(int count, int bytes) {
    List<byte[]> blobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] blob = new byte[bytes];
      new SplittableRandom(i).nextBytes(blob);
      blobs.add(blob);
    }
    return blobs;
  }

  private static void check(
      List<Sha256> streams,
      List<MemorySegment> segments,
      MessageDigest digest,
      List<byte[]> blobs) {
    Sha256.updateEach(streams, segments);
    for (int i = 0; i < blobs.size(); i++) {
      Hash expected = Hash.ofBytes(digest.digest(blobs.get(i)));
      Hash found = streams.get(i).finish();
      if (!found.equals(expected)) {
        throw new IllegalStateException("expected the hash " + expected + ", found " + found);
      }
    }
  }
}
