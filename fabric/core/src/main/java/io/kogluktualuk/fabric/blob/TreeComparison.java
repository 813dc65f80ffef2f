package io.kogluktualuk.fabric.blob;

import org.jspecify.annotations.Nullable;

/// Finds what differs between two directories, in canonical order.
///
/// Equal pieces are passed over unread, wherever they stand, so what is read is proportional to
/// what has changed: two pieces of each rank for a name.
///
/// **Threading:** one thread, one use. **Memory:** the pieces from the top down to one name, of
/// both.
public final class TreeComparison {

  private final TreeCursor before;
  private final TreeCursor after;
  private final Listener listener;

  /// Hears what differs.
  public interface Listener {

    /// A name with different values; null for one that it does not have.
    void differs(String name, @Nullable Ref before, @Nullable Ref after);

    /// A piece of the later directory that was read, among them all that the other does not have.
    default void read(Ref piece) {}
  }

  private TreeComparison(TreeCursor before, TreeCursor after, Listener listener) {
    this.before = before;
    this.after = after;
    this.listener = listener;
  }

  /// Compares two directories.
  public static void between(TreePieces pieces, Ref before, Ref after, Listener listener) {
    new TreeComparison(new TreeCursor(pieces, before), new TreeCursor(pieces, after), listener)
        .run();
  }

  private void run() {
    while (!before.isAtEnd() || !after.isAtEnd()) {
      if (!passEqual()) {
        step();
      }
    }
  }

  /// Passes the largest piece that begins at both places.
  private boolean passEqual() {
    int ours = before.beginnings();
    int theirs = after.beginnings();
    for (int i = ours - 1; i >= 0; i--) {
      Ref ref = before.beginning(i);
      for (int j = theirs - 1; j >= 0; j--) {
        if (ref.equals(after.beginning(j))) {
          before.pass(i);
          after.pass(j);
          return true;
        }
      }
    }
    return false;
  }

  private void step() {
    boolean isBeforeClosed = before.closed() != null;
    boolean isAfterClosed = after.closed() != null;
    if (!isBeforeClosed && !isAfterClosed) {
      entry();
      return;
    }
    // The larger of two first: the smaller may be part of it.
    long ours = isBeforeClosed ? before.closedBytes() : 0;
    long theirs = isAfterClosed ? after.closedBytes() : 0;
    if (ours >= theirs) {
      before.open();
    }
    if (theirs >= ours) {
      openAfter();
    }
  }

  private void openAfter() {
    Ref piece = after.closed();
    if (piece != null) {
      listener.read(piece);
      after.open();
    }
  }

  private void entry() {
    int order;
    if (before.isAtEnd() || after.isAtEnd()) {
      order = before.isAtEnd() ? 1 : -1;
    } else {
      order = Tree.NAME_ORDER.compare(before.name(), after.name());
    }
    if (order < 0) {
      listener.differs(before.name(), before.ref(), null);
      before.next();
    } else if (order > 0) {
      listener.differs(after.name(), null, after.ref());
      after.next();
    } else {
      if (!before.ref().equals(after.ref())) {
        listener.differs(before.name(), before.ref(), after.ref());
      }
      before.next();
      after.next();
    }
  }
}
