package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.fabric.benchmarks.Measurement.Direction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Stages in processes of their own that pass hashes, against the same stages passing payloads
/// over Netty TCP and through Redis streams.
///
/// The label of a row is the size, then stages/touching: `8MiB 5/2` is a source, three relays and
/// a sink, of which the sink and a relay read every byte. Every message is new. The source's put
/// counts, and so does its change of some bytes. As many messages are under way in all chains:
/// 64, or 32 MiB of them. Latency is from the source's send to the end at the sink.
final class PipelineBench implements Bench {

  /// Where by reference overtakes by payload is looked for among these.
  private static final List<Integer> SIZES =
      List.of(4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 8 << 20);

  private static final double LARGE_TARGET = 3.0;
  private static final double SMALL_TARGET = 1 / 1.3;
  private static final long SLOW_NANOS = 30_000_000;
  private static final int FEW = 25;
  private static final int MANY = 100;

  private final PipelineScope scope;

  PipelineBench(PipelineScope scope) {
    this.scope = scope;
  }

  @Override
  public String name() {
    return PipelineRows.NAME;
  }

  @Override
  public String summary() {
    return "stages in processes of their own that pass hashes, against payloads over TCP and Redis";
  }

  @Override
  public List<Measurement> run(Path folder, Consumer<String> progress) throws Exception {
    List<Measurement> rows = new ArrayList<>();
    for (int stages : scope.stageCounts()) {
      Path own = Files.createDirectory(folder.resolve("stages-" + stages));
      rows.addAll(run(own, stages, progress));
    }
    return rows;
  }

  private List<Measurement> run(Path folder, int stages, Consumer<String> progress)
      throws Exception {
    Path memory = StageChain.memoryFolder(folder);
    progress.accept(
        "pipeline: " + stages + " stages; a memory node in a process of its own, in " + memory);
    try (StageChain ours = StageChain.hash(directory(folder, "hash"), memory, stages);
        StageChain netty = StageChain.netty(directory(folder, "netty"), stages);
        StageChain redis = StageChain.redis(directory(folder, "redis"), stages)) {
      List<StageChain> peers = new ArrayList<>(List.of(netty));
      if (redis == null) {
        progress.accept("pipeline: redis-server is not installed (Debian package redis-server)");
      } else {
        peers.add(redis);
      }
      return run(new PipelineRows(ours, peers), stages, progress);
    } finally {
      delete(memory);
    }
  }

  private List<Measurement> run(PipelineRows rows, int stages, Consumer<String> progress)
      throws Exception {
    progress.accept("pipeline: warming up");
    for (PipelinePoint point : scope.warmUps(stages)) {
      rows.warmUp(point);
    }
    List<Measurement> all = new ArrayList<>();
    for (PipelinePoint point : scope.points(stages)) {
      progress.accept("pipeline: " + point.label());
      all.addAll(rows.of(point, target(point)));
    }
    if (stages == PipelineScope.STAGES && scope.isWhole()) {
      int touching = PipelineScope.TOUCHING;
      progress.accept("pipeline: break-even");
      all.addAll(breakEven(rows, stages, touching));
      progress.accept("pipeline: a slow sink");
      PipelinePoint large = PipelinePoint.of(PipelineScope.LARGE, stages, touching);
      all.addAll(rows.bounded(large.slow(SLOW_NANOS), FEW, MANY));
    }
    return all;
  }

  private static @Nullable Double target(PipelinePoint point) {
    boolean isNamed =
        point.stages() == PipelineScope.STAGES && point.touching() == PipelineScope.TOUCHING;
    return !isNamed
        ? null
        : switch (point.bytes()) {
          case PipelineScope.LARGE -> LARGE_TARGET;
          case PipelineScope.SMALL -> SMALL_TARGET;
          default -> null;
        };
  }

  /// Stored content of all sizes, and from which size on it is faster than payloads: between the
  /// sizes by interpolation of logarithms; no such row when it is not at the largest.
  private static List<Measurement> breakEven(PipelineRows rows, int stages, int touching)
      throws Exception {
    List<Measurement> all = new ArrayList<>();
    double found = Double.NaN;
    double larger = 0;
    int largerBytes = 0;
    for (int bytes : SIZES.reversed()) {
      Measurement row = rows.rate(PipelinePoint.of(bytes, stages, touching).stored());
      all.add(row);
      double advantage = Objects.requireNonNullElse(row.speedup(), 0.0);
      if (larger >= 1 && advantage < 1) {
        double part = Math.log(1 / advantage) / Math.log(larger / advantage);
        found = bytes * Math.pow((double) largerBytes / bytes, part);
      }
      larger = advantage;
      largerBytes = bytes;
    }
    if (!Double.isNaN(found)) {
      all.add(breakEven(stages + "/" + touching, found / 1024));
    }
    return all;
  }

  private static Measurement breakEven(String label, double kibibytes) {
    return new Measurement(
        PipelineRows.NAME,
        "break-even, " + label + " stored",
        "KiB",
        kibibytes,
        null,
        "stored content is faster than Netty TCP from here on",
        Direction.LOWER_IS_BETTER);
  }

  private static Path directory(Path folder, String name) throws IOException {
    return Files.createDirectory(folder.resolve(name));
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
