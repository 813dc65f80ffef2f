package io.kogluktualuk.fabric.demo.photos;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a run stands.
///
/// @param elapsed since the first photo came to the index; zero before
/// @param indexed photos in the index
/// @param count photos that are to be there
/// @param isSlow whether the slow stage is slow by now
/// @param stages in order
/// @param fabricMemory bytes that the fabric's process has for itself
/// @param isOver whether all processes have ended
/// @param broken why it ended before its time; null when it did not
public record Standing(
    Way way,
    Duration elapsed,
    long indexed,
    int count,
    boolean isSlow,
    List<StageStand> stages,
    long fabricMemory,
    boolean isOver,
    @Nullable String broken) {

  public Standing {
    stages = List.copyOf(stages);
  }

  /// The same, after so long a time.
  Standing after(Duration time) {
    return new Standing(way, time, indexed, count, isSlow, stages, fabricMemory, isOver, broken);
  }

  /// Bytes that the stages' processes have for themselves.
  long memory() {
    return stages.stream().mapToLong(StageStand::memory).sum();
  }

  /// Bytes of photos that are on their way: kept in the fabric, or in queues.
  long held() {
    return stages.stream().mapToLong(stage -> stage.progress().held()).sum();
  }
}
