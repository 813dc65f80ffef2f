package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.hash.Hash;
import java.util.List;
import java.util.function.Consumer;

/// Brings spilled blobs back to the memory tier, for whoever asks.
///
/// **Threading:** any thread. **Ownership:** owns its threads; the rest is lent.
final class Promotions implements AutoCloseable {

  private final StoreLock lock;
  private final MemoryTier tier;
  private final StoreParts parts;
  private final Consumer<SealedBlob> damaged;
  private final Promoters promoters = new Promoters(Promoters.PATIENCE);

  /// @param damaged hears of blobs whose bytes in the file tier are others
  Promotions(StoreLock lock, MemoryTier tier, StoreParts parts, Consumer<SealedBlob> damaged) {
    this.lock = lock;
    this.tier = tier;
    this.parts = parts;
    this.damaged = damaged;
  }

  /// Room in memory may have come free, or may be taken from others now.
  void roomChanged() {
    promoters.roomChanged();
  }

  /// See [MemoryStore#promote].
  void promote(List<Hash> hashes) {
    Promotion promotion = new Promotion(tier, parts.regions(), parts.index());
    promoters.inTurn(() -> promote(promotion, hashes));
  }

  private void promote(Promotion promotion, List<Hash> hashes) {
    promoters.untilRoom(() -> lock.open(() -> promotion.choose(hashes)), promotion::noRoom);
    try {
      List<Boolean> intact = promoters.run(promotion.tasks());
      lock.whileOpen(() -> promotion.commit(intact));
    } catch (RuntimeException e) {
      lock.always(promotion::abandon);
      throw e;
    } finally {
      promoters.roomChanged();
    }
    promotion.damaged().forEach(damaged);
  }

  @Override
  public void close() {
    promoters.close();
  }
}
