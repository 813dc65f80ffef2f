package io.kogluktualuk.memnode.repair;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.Retention;
import io.kogluktualuk.memnode.store.BlobTable;
import io.kogluktualuk.memnode.store.CostScale;
import io.kogluktualuk.memnode.store.Keep;
import io.kogluktualuk.memnode.store.MemoryStore;
import io.kogluktualuk.memnode.store.Residents;
import java.util.ArrayList;
import java.util.List;

/// The blobs of a store, as repair sees them.
///
/// **Threading:** any thread; the store's lock is held for a page.
public final class ResidentPages implements LocalBlobs {

  /// How many empty records may be passed over in a page, so that the lock is not held for long.
  private static final int STEPS_MAX = 16_384;

  private final MemoryStore store;

  public ResidentPages(MemoryStore store) {
    this.store = store;
  }

  @Override
  public Page page(int from, int max) {
    return store.withResidents(residents -> page(residents, from, max));
  }

  private static Page page(Residents residents, int from, int max) {
    BlobTable table = residents.table();
    List<LocalBlob> blobs = new ArrayList<>();
    int ordinal = from;
    for (int steps = 0; ordinal < table.limit() && blobs.size() < max; steps++, ordinal++) {
      if (steps == STEPS_MAX) {
        break;
      }
      if (table.isPresent(ordinal)) {
        blobs.add(blob(residents, ordinal));
      }
    }
    return new Page(blobs, ordinal < table.limit() ? ordinal : 0);
  }

  private static LocalBlob blob(Residents residents, int ordinal) {
    BlobTable table = residents.table();
    Retention retention =
        table.retention(ordinal) == Keep.SOURCE
            ? Retention.SOURCE
            : new Retention.Derived(CostScale.micros(table.cost(ordinal)));
    return new LocalBlob(
        residents.hash(ordinal),
        table.length(ordinal),
        retention,
        table.pinGeneration(ordinal) != 0);
  }

  @Override
  public void becameSurplus(Hash hash) {
    store.withResidents(
        residents -> {
          int ordinal = residents.ordinal(hash);
          if (ordinal != BlobTable.NONE) {
            int account = residents.table().account(ordinal);
            residents.keep(ordinal, new Keep(Keep.DERIVED, 0, account));
          }
          return ordinal;
        });
  }

  @Override
  public List<Hash> damaged() {
    return store.lost();
  }
}
