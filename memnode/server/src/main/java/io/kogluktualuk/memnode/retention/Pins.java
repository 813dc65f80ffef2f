package io.kogluktualuk.memnode.retention;

import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.memnode.api.CopyAge;
import io.kogluktualuk.memnode.store.BlobTable;
import io.kogluktualuk.memnode.store.Keep;
import org.jspecify.annotations.Nullable;

/// What roots reach, and so what a collection leaves and what it takes.
///
/// **Threading:** the store's lock. Got by [TenantRetention#pins], and used until the lock is let
/// go of.
public final class Pins {

  private final Bindings bindings;
  private final Marks marks = new Marks();

  Pins(Bindings bindings) {
    this.bindings = bindings;
  }

  private BlobTable table() {
    return bindings.table();
  }

  /// The present generation of pins.
  public long generation() {
    return marks.generation();
  }

  /// Pins are of this generation from now on, if it is newer.
  public void hear(long next) {
    if (next >= marks.generation()) {
      marks.reach(next);
    }
  }

  /// Pins are of this generation from now on, if it is newer. Who speaks of it need not have begun
  /// it: until it is told to this process that it begins, everything here is younger.
  ///
  /// @throws Conflict when it is older
  public void reach(long next) {
    marks.reach(next);
  }

  /// A mark begins with a new generation of pins. Told again, it has begun when it was told first.
  ///
  /// @throws Conflict when it is older
  public void begin(long next) {
    marks.begin(next, bindings.seconds());
  }

  /// Pins a blob with the present generation.
  ///
  /// @return as [TenantRetention#hold]
  public long pin(Hash hash) {
    int blob = bindings.residents().ordinal(hash);
    if (blob == BlobTable.NONE) {
      return -1;
    }
    boolean wasCharged = bindings.isCharged(blob);
    bindings.residents().pin(blob, (int) marks.generation());
    bindings.quietFromNow(blob);
    bindings.refresh(blob);
    return wasCharged ? 0 : bindings.bytes(blob);
  }

  /// No root reaches a blob any more.
  void unpin(int blob) {
    bindings.residents().pin(blob, 0);
    bindings.refresh(blob);
  }

  /// Whether that was before a time of [#quietBefore].
  boolean isQuietBefore(int blob, long before) {
    return bindings.quietSince(blob) < before;
  }

  /// Since when a source that may go has been left alone: for the grace, and since before the
  /// generation began. In seconds since the start; 0, when nothing may go.
  long quietBefore(long graceSeconds) {
    return bindings.isInGrace() ? 0 : marks.quietBefore(bindings.seconds() - graceSeconds + 1);
  }

  /// Since when what is put now has been left alone, in seconds since the start.
  ///
  /// @param age of what it is a copy of, or null
  public long quietSince(@Nullable CopyAge age) {
    long now = bindings.seconds();
    return age == null || age.generation() != marks.generation()
        ? now
        : Math.max(0, now - age.quietSeconds());
  }

  /// Everything that roots reach is stamped: what a collection will take is settled, and not
  /// looked after any more. What is put, pinned or held again before it goes stays.
  ///
  /// @return what the first such call of this generation has said
  long condemn(long marked, long quietBefore) {
    return marks.condemn(marked, quietBefore);
  }

  /// Everything that roots reach is stamped with the present generation.
  void endMark() {
    marks.end();
  }

  boolean isPinnedSince(int blob, long marked) {
    int stamp = table().pinGeneration(blob);
    return stamp != 0 && Integer.toUnsignedLong(stamp) >= marked;
  }

  /// Whether a root reaches a blob, as far as is known: a stamp from before the last mark that was
  /// finished says nothing.
  public boolean isPinned(int blob) {
    return isPinnedSince(blob, marks.condemned());
  }

  /// Whether a blob is a source that the collection takes which is under way, or was the last:
  /// then no copy of it is missing anywhere.
  public boolean isCondemned(int blob) {
    return isQuietBefore(blob, marks.condemnedBefore())
        && table().retention(blob) == Keep.SOURCE
        && table().holds(blob) == 0
        && !isPinnedSince(blob, marks.condemned());
  }

  /// Whether a mark is under way that may yet reach a blob, or leave it to be collected.
  private boolean isUndecided(int blob) {
    return marks.isUndecided(bindings.seconds())
        && (table().retention(blob) == Keep.SOURCE || table().pinGeneration(blob) != 0)
        && table().holds(blob) == 0
        && isQuietBefore(blob, marks.begunSeconds())
        && !isPinnedSince(blob, marks.generation());
  }

  /// How old a copy of a blob is; null when none is to be made now, because the blob is about to
  /// be collected, or it is not known yet whether it is.
  public @Nullable CopyAge copyAge(int blob) {
    if (isCondemned(blob) || isUndecided(blob)) {
      return null;
    }
    boolean isMarked = marks.generation() == marks.condemned();
    long quietSeconds = table().holds(blob) > 0 ? 0 : bindings.quietSeconds(blob);
    return isMarked ? new CopyAge(marks.generation(), quietSeconds) : CopyAge.NEW;
  }
}
