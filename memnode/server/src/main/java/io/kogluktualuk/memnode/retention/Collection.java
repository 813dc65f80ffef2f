package io.kogluktualuk.memnode.retention;

import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.memnode.api.CollectPage;
import io.kogluktualuk.memnode.api.CollectRequest;
import io.kogluktualuk.memnode.api.CollectStep;
import io.kogluktualuk.memnode.api.Fate;
import io.kogluktualuk.memnode.store.BlobTable;
import io.kogluktualuk.memnode.store.Keep;
import io.kogluktualuk.memnode.store.Residents;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/// One page of collecting what no root reaches, or of saying what that would be.
///
/// The mark came before: everything that roots reach has been stamped with the generation. What
/// was put, pinned or let go of since that began is younger than it, and stays; so whoever puts
/// blobs and sets a root while the mark runs loses nothing, whichever of the two came first.
///
/// **Threading:** the store's lock, for one page of [#BLOBS] blobs at a time.
public final class Collection {

  /// Some milliseconds.
  static final int BLOBS = 16_384;

  private final TenantRetention retention;
  private final Pins pins;
  private final Residents residents;
  private final CollectRequest request;
  private final long before;
  private final Map<Fate, long[]> totals = new EnumMap<>(Fate.class);
  private final PriorityQueue<CollectPage.Entry> largest =
      new PriorityQueue<>(CollectPage.Entry.byLength().reversed());

  private Collection(TenantRetention retention, Residents residents, CollectRequest request) {
    this.retention = retention;
    this.pins = retention.pins(residents);
    this.residents = residents;
    this.request = request;
    checkGeneration();
    long quietBefore = pins.quietBefore(request.grace().toSeconds());
    this.before =
        request.step() == CollectStep.DRY_RUN
            ? quietBefore
            : pins.condemn(request.generation(), quietBefore);
    pins.endMark();
  }

  /// @throws Conflict when the node has not heard of that generation, or of a newer one
  public static CollectPage page(
      TenantRetention retention, Residents residents, CollectRequest request) {
    return new Collection(retention, residents, request).run();
  }

  private void checkGeneration() {
    if (request.generation() != pins.generation()) {
      throw new Conflict(
          "a collection for generation "
              + request.generation()
              + " of pins, but it is "
              + pins.generation());
    }
  }

  private CollectPage run() {
    if (request.step() == CollectStep.CONDEMN) {
      return new CollectPage(List.of(), List.of(), 0);
    }
    long limit = residents.table().limit();
    long end = Math.min(limit, request.from() + BLOBS);
    for (long at = request.from(); at < end; at++) {
      if (residents.table().isPresent((int) at)) {
        judge((int) at);
      }
    }
    List<CollectPage.Total> sums = new ArrayList<>();
    totals.forEach((fate, sum) -> sums.add(new CollectPage.Total(fate, sum[0], sum[1])));
    List<CollectPage.Entry> entries = new ArrayList<>(largest);
    entries.sort(CollectPage.Entry.byLength());
    return new CollectPage(sums, entries, end < limit ? end : 0);
  }

  private void judge(int blob) {
    Fate fate = fate(blob);
    long[] sum = totals.computeIfAbsent(fate, _ -> new long[2]);
    sum[0]++;
    sum[1] += residents.table().length(blob);
    largest.add(entry(blob, fate));
    if (largest.size() > CollectPage.ENTRIES_MAX) {
      largest.remove();
    }
    if (request.step() == CollectStep.COLLECT) {
      apply(blob, fate);
    }
  }

  private Fate fate(int blob) {
    BlobTable table = residents.table();
    if (table.holds(blob) > 0) {
      return Fate.HELD;
    }
    if (pins.isPinnedSince(blob, request.generation())) {
      return Fate.PINNED;
    }
    if (table.retention(blob) == Keep.DERIVED) {
      return Fate.EVICTABLE;
    }
    return pins.isQuietBefore(blob, before) ? Fate.COLLECT : Fate.YOUNG;
  }

  private CollectPage.Entry entry(int blob, Fate fate) {
    BlobTable table = residents.table();
    return new CollectPage.Entry(
        residents.hash(blob),
        table.length(blob),
        fate,
        retention.quietSeconds(blob),
        Integer.toUnsignedLong(table.pinGeneration(blob)),
        table.holds(blob),
        fate == Fate.EVICTABLE ? retention.worth(blob) : 0);
  }

  private void apply(int blob, Fate fate) {
    switch (fate) {
      case COLLECT -> retention.collect(blob);
      case EVICTABLE -> {
        if (residents.table().pinGeneration(blob) != 0) {
          pins.unpin(blob);
        }
      }
      case PINNED, HELD, YOUNG -> {}
    }
  }
}
