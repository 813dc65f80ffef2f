package io.kogluktualuk.computenode.runtime.transaction;

import java.time.Duration;

/// How an [Engine] is set up.
///
/// @param name of the node, for messages and as the producer of outcomes
/// @param slots programs that run at once
/// @param cacheBytes of blobs kept on the heap
/// @param outcomesMax outcomes kept
/// @param trivialMax what takes less is run in the place of who waits for it; starting a thread,
///     waking a processor for it and being woken by it takes some 10 to 50 µs, and storing an
///     outcome with all that it names as much again
public record EngineSettings(
    String name, int slots, long cacheBytes, int outcomesMax, Duration trivialMax) {

  public static final Duration TRIVIAL_MAX = Duration.ofNanos(50_000);

  public EngineSettings {
    if (slots < 1 || slots > 1 << 16 || cacheBytes < 0 || outcomesMax < 1) {
      throw new IllegalArgumentException(
          "slots " + slots + ", cache " + cacheBytes + " bytes, outcomes " + outcomesMax);
    }
  }

  /// 256 MiB of blobs and 200,000 outcomes.
  public static EngineSettings of(String name, int slots) {
    return new EngineSettings(name, slots, 256L << 20, 200_000, TRIVIAL_MAX);
  }

  /// The same with another bound of what is trivial.
  public EngineSettings withTrivialMax(Duration max) {
    return new EngineSettings(name, slots, cacheBytes, outcomesMax, max);
  }
}
