package io.kogluktualuk.memnode.repair;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.CopyAge;
import io.kogluktualuk.memnode.api.Retention;
import io.kogluktualuk.memnode.store.BlobTable;
import io.kogluktualuk.memnode.store.CostScale;
import io.kogluktualuk.memnode.store.Keep;
import io.kogluktualuk.memnode.store.MemoryStore;
import io.kogluktualuk.memnode.store.Residents;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The blobs of a store, as repair sees them.
///
/// **Threading:** any thread; the store's lock is held for a page.
public final class ResidentPages implements LocalBlobs {

  /// How many empty records may be passed over in a page, so that the lock is not held for long.
  private static final int STEPS_MAX = 16_384;

  private final MemoryStore store;
  private final BlobTerms terms;

  public ResidentPages(MemoryStore store, BlobTerms terms) {
    this.store = store;
    this.terms = terms;
  }

  @Override
  public Page page(int from, int max) {
    return store.withResidents(residents -> page(residents, from, max));
  }

  private Page page(Residents residents, int from, int max) {
    BlobTable table = residents.table();
    List<LocalBlob> blobs = new ArrayList<>();
    int ordinal = from;
    for (int steps = 0; ordinal < table.limit() && blobs.size() < max; steps++, ordinal++) {
      if (steps == STEPS_MAX) {
        break;
      }
      if (table.isPresent(ordinal) && !terms.isCondemned(residents, ordinal)) {
        blobs.add(blob(residents, ordinal));
      }
    }
    return new Page(blobs, ordinal < table.limit() ? ordinal : 0);
  }

  @Override
  public List<LocalBlob> find(List<Hash> hashes) {
    return store.withResidents(
        residents ->
            hashes.stream()
                .map(residents::ordinal)
                .filter(at -> at != BlobTable.NONE && !terms.isCondemned(residents, at))
                .map(at -> blob(residents, at))
                .toList());
  }

  private LocalBlob blob(Residents residents, int ordinal) {
    BlobTable table = residents.table();
    return blob(
        residents.hash(ordinal),
        table.length(ordinal),
        table.keep(ordinal),
        terms.isPinned(residents, ordinal));
  }

  private LocalBlob blob(Hash hash, int length, Keep keep, boolean isPinned) {
    Retention retention =
        keep.retention() == Keep.SOURCE
            ? Retention.SOURCE
            : new Retention.Derived(CostScale.micros(keep.cost()));
    return new LocalBlob(hash, length, retention, terms.account(keep.account()), isPinned);
  }

  @Override
  public @Nullable CopyAge copyAge(Hash hash) {
    return store
        .<Optional<CopyAge>>withResidents(
            residents -> {
              int ordinal = residents.ordinal(hash);
              return ordinal == BlobTable.NONE
                  ? Optional.empty()
                  : Optional.ofNullable(terms.copyAge(residents, ordinal));
            })
        .orElse(null);
  }

  @Override
  public void becameSurplus(Hash hash) {
    terms.becameSurplus(hash);
  }

  @Override
  public List<LocalBlob> damaged() {
    return store.lost().stream()
        .map(lost -> blob(lost.hash(), 0, lost.keep(), lost.pinGeneration() != 0))
        .toList();
  }

  @Override
  public long generation() {
    return terms.generation();
  }
}
