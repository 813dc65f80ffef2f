package io.kogluktualuk.memnode.server;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.memnode.reader.FabricBlobs;
import io.kogluktualuk.memnode.reader.MemoryNode;
import io.kogluktualuk.memnode.reader.ReaderSettings;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// Measures GET and PUT against memory nodes in processes of their own, on this machine. Run by
/// hand: `java -cp … MemoryNodeBench FOLDER`, with the folder on tmpfs for numbers without a disk.
final class MemoryNodeBench {

  private static final RandomGenerator RANDOM = RandomGenerator.of("L64X128MixRandom");

  private MemoryNodeBench() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory(Path.of(arguments[0]), "bench");
    try (NodeProcess one = NodeProcess.start(folder.resolve("a"), 1024);
        NodeProcess two = NodeProcess.start(folder.resolve("b"), 1024)) {
      List<MemoryNode> nodes = List.of(one.node(), two.node());
      gets(nodes, 4096, 4000);
      gets(nodes, 64 * 1024, 1000);
      gets(nodes, 1 << 20, 100);
      puts(nodes, 1, 1 << 20);
      puts(nodes, 2, 1 << 20);
      puts(nodes, 1, 4096);
      puts(nodes, 2, 4096);
    }
  }

  private static void gets(List<MemoryNode> nodes, int length, int count) {
    List<Blob> blobs = blobs(count, length);
    List<Hash> hashes = blobs.stream().map(Blob::hash).toList();
    try (FabricBlobs writer = open(nodes, 1)) {
      writer.put(blobs);
    }
    for (int round = 0; round < 3; round++) {
      try (FabricBlobs reader = open(nodes, 1)) {
        report("first get", length, each(hashes, reader::get));
        for (int warm = 0; warm < 5; warm++) {
          each(hashes, reader::get);
        }
        report("repeated get", length, each(hashes, reader::get));
        report("repeated read", length, each(hashes, hash -> reader.read(hash, USE)));
        List<Hash> same = Collections.nCopies(count, hashes.getFirst());
        report("repeated get, one blob", length, each(same, reader::get));
        report("repeated read, one blob", length, each(same, hash -> reader.read(hash, USE)));
      }
    }
  }

  private static final Function<MemorySegment, Byte> USE =
      bytes -> bytes.get(ValueLayout.JAVA_BYTE, bytes.byteSize() - 1);

  private static long[] each(List<Hash> hashes, Consumer<Hash> get) {
    long[] nanos = new long[hashes.size()];
    for (int i = 0; i < nanos.length; i++) {
      long start = System.nanoTime();
      get.accept(hashes.get(i));
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    return nanos;
  }

  private static void puts(List<MemoryNode> nodes, int replicas, int length) {
    int count = Math.min(3000, (96 << 20) / length);
    for (int round = 0; round < 3; round++) {
      List<Blob> blobs = blobs(count, length);
      try (FabricBlobs store = open(nodes, replicas)) {
        store.put(blobs(1, 100));
        long start = System.nanoTime();
        for (int from = 0; from < count; from += 512) {
          store.put(blobs.subList(from, Math.min(count, from + 512)));
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(
            Locale.ROOT,
            "put %d B, %d replicas: %.0f MB/s, %.0f blobs/s%n",
            length,
            replicas,
            (double) count * length / seconds / 1e6,
            count / seconds);
      }
    }
  }

  private static FabricBlobs open(List<MemoryNode> nodes, int replicas) {
    return FabricBlobs.open(() -> nodes, ReaderSettings.defaults().withReplicas(replicas));
  }

  private static List<Blob> blobs(int count, int length) {
    List<Blob> blobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      blobs.add(Blob.of(Mutations.randomBytes(length, RANDOM)));
    }
    return blobs;
  }

  private static void report(String what, int length, long[] nanos) {
    System.out.printf(
        Locale.ROOT,
        "%s %d B: median %.1f us, p90 %.1f us%n",
        what,
        length,
        nanos[nanos.length / 2] / 1e3,
        nanos[nanos.length * 9 / 10] / 1e3);
  }
}
