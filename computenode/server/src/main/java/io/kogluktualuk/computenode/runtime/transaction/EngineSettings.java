package io.kogluktualuk.computenode.runtime.transaction;

/// How an [Engine] is set up.
///
/// @param name of the node, for messages and as the producer of outcomes
/// @param slots programs that run at once
/// @param cacheBytes of blobs kept on the heap
/// @param outcomesMax outcomes kept
public record EngineSettings(String name, int slots, long cacheBytes, int outcomesMax) {

  public EngineSettings {
    if (slots < 1 || slots > 1 << 16 || cacheBytes < 0 || outcomesMax < 1) {
      throw new IllegalArgumentException(
          "slots " + slots + ", cache " + cacheBytes + " bytes, outcomes " + outcomesMax);
    }
  }

  /// 256 MiB of blobs and 200,000 outcomes.
  public static EngineSettings of(String name, int slots) {
    return new EngineSettings(name, slots, 256L << 20, 200_000);
  }
}
