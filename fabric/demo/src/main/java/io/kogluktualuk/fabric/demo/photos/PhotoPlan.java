package io.kogluktualuk.fabric.demo.photos;

import io.kogluktualuk.fabric.fault.InvalidArgument;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What is photographed, and how slow the slow stage is.
///
/// @param count photos
/// @param width of made-up photos, in pixels
/// @param height of made-up photos, in pixels
/// @param images a folder with photos; null for made-up ones
/// @param slow how long the slow stage takes for each photo of the second half
/// @param limit after that time the cameras stop
public record PhotoPlan(
    int count, int width, int height, @Nullable Path images, Duration slow, Duration limit) {

  public static final int COUNT_MAX = 1_000_000;

  /// Messages that a stage may have in progress, or in its queue.
  static final int WINDOW = 16;

  /// 300 photos of 1280 x 1024 pixels, which fit into one blob; 40 ms; 60 s.
  public static final PhotoPlan DEFAULT =
      new PhotoPlan(300, 1280, 1024, null, Duration.ofMillis(40), Duration.ofSeconds(60));

  /// @throws InvalidArgument when something is out of range
  public PhotoPlan {
    if (count < 1 || count > COUNT_MAX) {
      throw new InvalidArgument("1 to " + COUNT_MAX + " photos can be taken, not " + count);
    }
    if (slow.isNegative() || slow.compareTo(Duration.ofSeconds(10)) > 0) {
      throw new InvalidArgument("a stage is slow by 0 to 10000 ms, not " + slow.toMillis());
    }
    if (limit.compareTo(Duration.ofSeconds(1)) < 0 || limit.compareTo(Duration.ofDays(1)) > 0) {
      throw new InvalidArgument("a run has 1 to 86400 s, not " + limit.toSeconds());
    }
  }

  public PhotoPlan withCount(int photos) {
    return new PhotoPlan(photos, width, height, images, slow, limit);
  }

  public PhotoPlan withSize(int pixelsWide, int pixelsHigh) {
    return new PhotoPlan(count, pixelsWide, pixelsHigh, images, slow, limit);
  }

  public PhotoPlan withImages(Path folder) {
    return new PhotoPlan(count, width, height, folder, slow, limit);
  }

  public PhotoPlan withSlow(Duration each) {
    return new PhotoPlan(count, width, height, images, each, limit);
  }

  public PhotoPlan withLimit(Duration each) {
    return new PhotoPlan(count, width, height, images, slow, each);
  }

  /// From this photo on the slow stage is slow.
  public int slowFrom() {
    return count / 2;
  }
}
