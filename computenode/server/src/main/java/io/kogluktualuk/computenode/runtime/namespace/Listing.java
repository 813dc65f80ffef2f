package io.kogluktualuk.computenode.runtime.namespace;

import io.kogluktualuk.computenode.runtime.namespace.GuestTree.Name;
import io.kogluktualuk.fabric.blob.Tree;
import io.kogluktualuk.fabric.transaction.Trace;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The names in a directory as they were when reading began, in canonical order.
///
/// Those of a wide directory are read in parts, from the first on, when they are asked for: a
/// program that stops has not observed what it has not read, and nobody holds all of them.
///
/// **Threading:** the guest's thread. **Bound:** all names of a directory with less than
/// [Trace#PART_NAMES], or that the program has made; else the names of one part.
public final class Listing {

  private final @Nullable Parts parts;
  private final @Nullable Name added;
  private List<Name> names;

  /// How many names stand before those that are held.
  private long start;

  /// How many names of the directory itself have been read, up to the end of those held.
  private long next;

  private boolean isAtEnd;
  private boolean isAdded;
  private long read;

  /// Reads names.
  interface Parts {

    /// The names from a position on; less than [Trace#PART_NAMES] where the directory ends.
    List<Name> read(long from);
  }

  /// How many names the parts hold by themselves.
  private final int heldByParts;

  private Listing(@Nullable Parts parts, @Nullable Name added, List<Name> names, int heldByParts) {
    this.heldByParts = heldByParts;
    this.parts = parts;
    this.added = added;
    this.read = names.size();
    this.next = names.size();
    this.isAtEnd = parts == null;
    this.names = withAdded(names);
  }

  /// A listing of these names.
  static Listing of(List<Name> names) {
    return new Listing(null, null, names, 0);
  }

  /// A listing that is read in parts, the first of which has been: that there are more is an
  /// observation.
  ///
  /// @param added a name that is listed besides, where it belongs
  static Listing of(Parts parts, List<Name> first, @Nullable Name added) {
    return new Listing(parts, added, first, 0);
  }

  /// A listing that is read in parts, the first of which has been.
  ///
  /// @param held how many names they hold by themselves
  static Listing of(Parts parts, List<Name> first, int held) {
    return new Listing(parts, null, first, held);
  }

  /// The name at a position, from 0; null beyond the end.
  public @Nullable Name at(long position) {
    if (parts != null) {
      if (position < start) {
        rewind();
      }
      while (position >= start + names.size() && !isAtEnd) {
        readOn(parts);
      }
    }
    return position < start + names.size() ? names.get((int) (position - start)) : null;
  }

  private void rewind() {
    names = List.of();
    start = 0;
    next = 0;
    isAtEnd = false;
    isAdded = false;
  }

  private void readOn(Parts from) {
    start += names.size();
    List<Name> part = from.read(next);
    next += part.size();
    read += part.size();
    isAtEnd = part.size() < Trace.PART_NAMES;
    names = withAdded(part);
  }

  private List<Name> withAdded(List<Name> part) {
    Name more = added;
    if (more == null || isAdded) {
      return part;
    }
    int position = 0;
    while (position < part.size()
        && Tree.NAME_ORDER.compare(part.get(position).name(), more.name()) < 0) {
      position++;
    }
    if (position == part.size() && !isAtEnd) {
      return part;
    }
    List<Name> longer = new ArrayList<>(part);
    longer.add(position, more);
    isAdded = true;
    return longer;
  }

  /// How many names have been read so far, those that were read again included.
  public long read() {
    return read;
  }

  /// How many names are held in memory.
  public int held() {
    return parts == null ? names.size() : Trace.PART_NAMES + heldByParts;
  }
}
