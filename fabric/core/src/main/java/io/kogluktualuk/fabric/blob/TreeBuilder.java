package io.kogluktualuk.fabric.blob;

import io.kogluktualuk.fabric.blob.TreePage.Part;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Makes a directory from its entries in order, or from entries and pieces of other directories.
///
/// The nodes of the trie of names ([TreePage]) are made as those of a Cartesian tree are
/// (Vuillemin, "A Unifying Look at Data Structures", CACM 23(4), 1980): what has been added is a
/// row of subtrees, each separated from the next at a lower bit; one that is separated at a
/// higher bit than the next entry is complete, and becomes one with what is left of it.
///
/// **Threading:** one thread, one use. **Memory:** Pieces go to the sink as soon as they are
/// known to be pieces: entries of one piece, and for each rank the parts of a page.
public final class TreeBuilder {

  /// When subtrees are looked through for those that are known to be pieces.
  private static final long LOOSE_BYTES_MAX = 8L * Tree.ENTRY_BYTES_MAX;

  private final TreePieces pieces;
  private final Consumer<Blob> sink;

  /// Subtrees, each with what separates it from the one before.
  private final List<Subtree> row = new ArrayList<>();

  private byte @Nullable [] lastName;
  private byte @Nullable [] crossed;
  private long looseBytes;

  /// The part of the trie that is below one node, as far as it has been made.
  private static final class Subtree {
    final byte[] separator;
    long entries;
    long bytes;
    final List<String> names;
    final List<Ref> refs;
    final List<Part> parts = new ArrayList<>(0);
    final List<byte[]> separators = new ArrayList<>(0);

    /// It, when it is a piece that is stored.
    @Nullable Part stored;

    Subtree(byte[] separator, long entries, long bytes) {
      this.separator = separator;
      this.entries = entries;
      this.bytes = bytes;
      this.names = new ArrayList<>(0);
      this.refs = new ArrayList<>(0);
    }

    Subtree(byte[] separator, List<String> names, List<Ref> refs, long bytes) {
      this.separator = separator;
      this.entries = names.size();
      this.bytes = bytes;
      this.names = names;
      this.refs = refs;
    }

    int rank() {
      return TreePage.rank(bytes);
    }

    boolean isLoose() {
      return stored == null && parts.isEmpty();
    }
  }

  /// @param pieces where pieces that are added are read, if they become part of others
  /// @param sink gets each piece that is made, after those that it names
  public TreeBuilder(TreePieces pieces, Consumer<Blob> sink) {
    this.pieces = pieces;
    this.sink = sink;
  }

  /// Writes the directory with these entries.
  ///
  /// @throws IllegalArgumentException for a name that [Tree#checkName] objects to
  public static Ref write(Map<String, Ref> entries, Consumer<Blob> sink) {
    TreeMap<String, Ref> sorted = new TreeMap<>(Tree.NAME_ORDER);
    sorted.putAll(entries);
    TreeBuilder builder =
        new TreeBuilder(
            ref -> {
              throw new IllegalStateException(ref + " was not given");
            },
            sink);
    long bytes = 0;
    for (Map.Entry<String, Ref> entry : sorted.entrySet()) {
      String objection = Tree.checkName(entry.getKey());
      if (objection != null) {
        throw new IllegalArgumentException(objection);
      }
      bytes += Tree.entryBytes(NameBits.bytes(entry.getKey()).length, entry.getValue());
    }
    if (bytes > Tree.ENTRY_BYTES_MAX) {
      sorted.forEach(builder::add);
    } else {
      builder.add(new ArrayList<>(sorted.keySet()), new ArrayList<>(sorted.values()), bytes);
    }
    return builder.finish();
  }

  /// Adds an entry, whose name is above all that was added.
  public void add(String name, Ref ref) {
    byte[] bytes = NameBits.bytes(name);
    List<String> names = new ArrayList<>(1);
    List<Ref> refs = new ArrayList<>(1);
    names.add(name);
    refs.add(ref);
    Subtree entry =
        new Subtree(separatorOf(bytes), names, refs, Tree.entryBytes(bytes.length, ref));
    push(entry);
    looseBytes += entry.bytes;
    lastName = bytes;
    if (looseBytes > LOOSE_BYTES_MAX) {
      store();
    }
  }

  /// Adds entries that stand alone below one node of the trie, in order, above all that was added.
  ///
  /// @param names become the builder's own, as do the refs
  /// @param bytes of one piece at most
  void add(List<String> names, List<Ref> refs, long bytes) {
    if (names.isEmpty()) {
      return;
    }
    byte[] separator = separatorOf(NameBits.bytes(names.getFirst()));
    push(new Subtree(separator, names, refs, bytes));
    looseBytes += bytes;
    lastName = NameBits.bytes(names.getLast());
  }

  /// Adds a piece, all of whose names are above what was added.
  void add(Part part) {
    Subtree subtree = new Subtree(separatorOf(null), part.entries(), part.bytes());
    subtree.stored = part;
    push(subtree);
    lastName = null;
  }

  /// Says what separates what comes next from a piece that came before, or would have come if it
  /// had any entries left.
  void cross(byte[] separator) {
    byte[] higher = crossed;
    if (higher == null || NameBits.lastBit(separator) < NameBits.lastBit(higher)) {
      crossed = separator;
    }
  }

  private byte[] separatorOf(byte @Nullable [] name) {
    byte[] between = crossed;
    byte[] before = lastName;
    crossed = null;
    if (row.isEmpty()) {
      return new byte[] {Byte.MIN_VALUE};
    }
    if (name != null && before != null) {
      return NameBits.separator(name, NameBits.firstDifference(before, name));
    }
    if (between == null) {
      throw new IllegalStateException(
          "nothing was said to separate a piece from what is beside it");
    }
    if (name != null) {
      return NameBits.below(between, name);
    }
    return before == null ? between : NameBits.above(before, between);
  }

  private void push(Subtree next) {
    if (!row.isEmpty()) {
      int bit = NameBits.lastBit(next.separator);
      join(bit);
      if (row.size() > 1 && NameBits.lastBit(row.getLast().separator) == bit) {
        throw new MalformedEncoding("the pieces of a directory overlap");
      }
    }
    row.add(next);
  }

  /// Joins the subtrees that are separated beyond a bit.
  private void join(int bit) {
    while (row.size() > 1 && NameBits.lastBit(row.getLast().separator) > bit) {
      Subtree right = row.removeLast();
      row.set(row.size() - 1, joined(row.getLast(), right));
    }
  }

  private Subtree joined(Subtree left, Subtree right) {
    int rank = TreePage.rank(left.bytes + right.bytes);
    if (rank == 0) {
      takeEntries(left);
      takeEntries(right);
      left.names.addAll(right.names);
      left.refs.addAll(right.refs);
      left.entries += right.entries;
      left.bytes += right.bytes;
      return left;
    }
    Subtree page = left.rank() == rank ? left : holder(left);
    takeParts(page, rank);
    page.separators.add(right.separator);
    if (right.rank() == rank) {
      takeParts(right, rank);
      page.parts.addAll(right.parts);
      page.separators.addAll(right.separators);
    } else {
      page.parts.add(piece(right));
    }
    page.entries += right.entries;
    page.bytes += right.bytes;
    return page;
  }

  private Subtree holder(Subtree only) {
    Subtree holder = new Subtree(only.separator, only.entries, only.bytes);
    holder.parts.add(piece(only));
    return holder;
  }

  /// Takes the entries out of a stored piece.
  private void takeEntries(Subtree subtree) {
    Part part = subtree.stored;
    if (part == null) {
      return;
    }
    if (!(pieces.get(part.ref()) instanceof Tree tree) || tree.entryBytes() != part.bytes()) {
      throw unlike(part);
    }
    subtree.stored = null;
    for (int i = 0; i < tree.size(); i++) {
      subtree.names.add(tree.name(i));
      subtree.refs.add(tree.ref(i));
    }
    looseBytes += subtree.bytes;
  }

  /// Takes the parts out of a stored page.
  private void takeParts(Subtree subtree, int rank) {
    Part part = subtree.stored;
    if (part == null || subtree.rank() != rank) {
      return;
    }
    if (!(pieces.get(part.ref()) instanceof TreePage page) || page.entryBytes() != part.bytes()) {
      throw unlike(part);
    }
    subtree.stored = null;
    for (int i = 0; i < page.partCount(); i++) {
      subtree.parts.add(page.part(i));
      if (i > 0) {
        subtree.separators.add(page.separator(i - 1));
      }
    }
  }

  private static MalformedEncoding unlike(Part part) {
    return new MalformedEncoding(
        "tree %s does not have entries of %d bytes, as the page above says"
            .formatted(part.ref().hash(), part.bytes()));
  }

  /// A subtree as a piece, stored if it is not yet.
  private Part piece(Subtree subtree) {
    Part part = subtree.stored;
    if (part != null) {
      return part;
    }
    TreePiece piece;
    if (subtree.isLoose()) {
      piece = Tree.ofSorted(subtree.names, subtree.refs);
      looseBytes -= subtree.bytes;
    } else {
      piece = TreePage.of(subtree.parts, subtree.separators);
    }
    Blob encoding = piece.encode();
    sink.accept(encoding);
    return Part.of(encoding, piece);
  }

  /// Stores what will be a piece whatever comes: what it hangs from has a higher rank already.
  private void store() {
    long below = 0;
    for (int i = row.size() - 1; i >= 0; i--) {
      Subtree subtree = row.get(i);
      if (i < row.size() - 1
          && subtree.stored == null
          && TreePage.rank(below + subtree.bytes) > subtree.rank()) {
        Subtree stored = new Subtree(subtree.separator, subtree.entries, subtree.bytes);
        stored.stored = piece(subtree);
        row.set(i, stored);
      }
      below += subtree.bytes;
    }
  }

  /// The directory with all that was added.
  public Ref finish() {
    if (row.isEmpty()) {
      Blob empty = Tree.EMPTY.encode();
      sink.accept(empty);
      return Tree.refOf(empty);
    }
    join(-1);
    return piece(row.getFirst()).ref();
  }
}
