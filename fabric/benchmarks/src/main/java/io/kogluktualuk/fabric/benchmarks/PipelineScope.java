package io.kogluktualuk.fabric.benchmarks;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which points `kog bench pipeline` measures.
///
/// @param isFull the whole grid instead of a part of it
/// @param bytes only this size; null for those of the grid
/// @param stages only so many, the source among them; null for those of the grid
/// @param touching only so many of those behind the source touch the data; null for those of the
///     grid
public record PipelineScope(
    boolean isFull, @Nullable Integer bytes, @Nullable Integer stages, @Nullable Integer touching) {

  private static final int BYTES_MAX = 32 << 20;

  /// @throws InvalidArgument when there is no such point
  public PipelineScope {
    int fewest = stages != null ? stages : isFull ? 2 : STAGES;
    boolean isGood =
        (bytes == null || bytes >= Long.BYTES && bytes <= BYTES_MAX)
            && (stages == null || stages >= 2 && stages <= PipelinePoint.STAGES_MAX)
            && (touching == null || touching >= 0 && touching < fewest);
    if (!isGood) {
      throw new InvalidArgument(
          "cannot send "
              + bytes
              + " bytes through "
              + stages
              + " stages of which "
              + touching
              + " touch them; expected 8 bytes to 32 MiB, 2 to 16 stages, and fewer that touch");
    }
  }

  public static final PipelineScope SHORT = new PipelineScope(false, null, null, null);

  static final int SMALL = 4 << 10;
  static final int MIDDLE = 256 << 10;
  static final int LARGE = 8 << 20;
  static final int STAGES = 5;
  static final int TOUCHING = 2;

  private static final List<Integer> SIZES = List.of(LARGE, SMALL, MIDDLE);
  private static final List<Integer> ALL_STAGES = List.of(STAGES, 2, 3, 8);

  /// Whether nothing was chosen: then break-even and bounds are looked for as well.
  boolean isWhole() {
    return bytes == null && stages == null && touching == null;
  }

  List<Integer> stageCounts() {
    return stages != null ? List.of(stages) : isFull ? ALL_STAGES : List.of(STAGES);
  }

  /// The points with so many stages: those of which there are targets first.
  List<PipelinePoint> points(int stageCount) {
    List<PipelinePoint> points = new ArrayList<>();
    for (int size : bytes != null ? List.of(bytes) : SIZES) {
      points.add(PipelinePoint.of(size, stageCount, touchings(stageCount).getFirst()));
    }
    for (int size : bytes != null ? List.of(bytes) : isFull ? SIZES : List.of(LARGE)) {
      for (int each : touchings(stageCount).subList(1, touchings(stageCount).size())) {
        points.add(PipelinePoint.of(size, stageCount, each));
      }
    }
    return points;
  }

  /// What a chain is warmed up with: short content stored, which runs through the code of a put
  /// and of a read often enough within seconds for it to be compiled; then the sizes themselves.
  List<PipelinePoint> warmUps(int stageCount) {
    int touched = touchings(stageCount).getFirst();
    List<PipelinePoint> points = new ArrayList<>();
    points.add(PipelinePoint.of(SMALL, stageCount, touched).stored());
    for (int size : bytes != null ? List.of(bytes) : List.of(SMALL, LARGE)) {
      points.add(PipelinePoint.of(size, stageCount, touched));
    }
    return points;
  }

  /// A half, a quarter and all of those behind the source, rounded up.
  private List<Integer> touchings(int stageCount) {
    if (touching != null) {
      return List.of(touching);
    }
    int behind = stageCount - 1;
    return List.of((behind + 1) / 2, (behind + 3) / 4, behind).stream().distinct().toList();
  }
}
