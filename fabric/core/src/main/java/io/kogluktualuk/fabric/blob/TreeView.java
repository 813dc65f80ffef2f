package io.kogluktualuk.fabric.blob;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// A directory of any width, of which only those pieces are read that a question needs.
///
/// **Threading:** any thread, if the pieces can be read by any; an iterator by one at a time.
/// **Memory:** the pieces from the top down to one name.
/// **Errors:** those of [TreePieces]; [MalformedEncoding] for pieces that do not belong together.
public final class TreeView implements Iterable<Map.Entry<String, Ref>> {

  private final TreePieces pieces;
  private final Ref ref;
  private final TreePiece top;

  private TreeView(TreePieces pieces, Ref ref, TreePiece top) {
    this.pieces = pieces;
    this.ref = ref;
    this.top = top;
  }

  /// A view of a directory; reads its topmost piece.
  public static TreeView of(TreePieces pieces, Ref ref) {
    return new TreeView(pieces, ref, pieces.get(ref));
  }

  /// The value of a name; null when it is not there. Reads one piece for each rank.
  public @Nullable Ref get(String name) {
    TreePiece piece = top;
    byte @Nullable [] bytes = null;
    while (piece instanceof TreePage page) {
      bytes = bytes == null ? NameBits.bytes(name) : bytes;
      piece = pieces.get(page, page.partOf(bytes));
    }
    return ((Tree) piece).get(name);
  }

  /// Whether it has several pieces.
  public boolean isWide() {
    return top instanceof TreePage;
  }

  /// How many entries there are.
  public long size() {
    return top.entryCount();
  }

  /// The bytes that its entries are encoded in.
  public long bytes() {
    return top.entryBytes();
  }

  /// The entries from a position in canonical order on; none beyond the end.
  ///
  /// @param from how many entries stand before
  /// @param count how many, unless there are not so many left
  public List<Map.Entry<String, Ref>> part(long from, int count) {
    TreeCursor cursor = new TreeCursor(pieces, ref);
    cursor.skip(from);
    List<Map.Entry<String, Ref>> part = new ArrayList<>();
    while (!cursor.isAtEnd() && part.size() < count) {
      part.add(Map.entry(cursor.name(), cursor.ref()));
      cursor.next();
      cursor.openToEntry();
    }
    return part;
  }

  /// The entries in canonical order, each piece read when it is its turn.
  @Override
  public Iterator<Map.Entry<String, Ref>> iterator() {
    TreeCursor cursor = new TreeCursor(pieces, ref);
    cursor.openToEntry();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return !cursor.isAtEnd();
      }

      @Override
      public Map.Entry<String, Ref> next() {
        if (cursor.isAtEnd()) {
          throw new NoSuchElementException();
        }
        Map.Entry<String, Ref> entry = Map.entry(cursor.name(), cursor.ref());
        cursor.next();
        cursor.openToEntry();
        return entry;
      }
    };
  }
}
