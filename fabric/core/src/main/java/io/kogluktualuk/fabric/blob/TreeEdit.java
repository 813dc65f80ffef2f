package io.kogluktualuk.fabric.blob;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Changes entries of a directory: for each that changes, the pieces from the one that has it up
/// to the top are read and written anew.
///
/// **Threading:** one thread, one use. **Memory:** the pieces on the way to one name, and what is
/// changed.
public final class TreeEdit {

  private final TreePieces pieces;
  private final TreeBuilder builder;
  private final List<byte[]> keys = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private final List<Optional<Ref>> values = new ArrayList<>();

  private TreeEdit(TreePieces pieces, Map<String, Optional<Ref>> changes, Consumer<Blob> sink) {
    this.pieces = pieces;
    this.builder = new TreeBuilder(pieces, sink);
    TreeMap<String, Optional<Ref>> sorted = new TreeMap<>(Tree.NAME_ORDER);
    sorted.putAll(changes);
    sorted.forEach(
        (name, value) -> {
          String objection = Tree.checkName(name);
          if (objection != null) {
            throw new IllegalArgumentException(objection);
          }
          names.add(name);
          keys.add(NameBits.bytes(name));
          values.add(value);
        });
  }

  /// The directory that changes make of another one.
  ///
  /// @param changes the value that each name is to have; none for a name that is to go, if it is
  ///     there
  /// @param sink gets each piece that is made, after those that it names
  /// @throws IllegalArgumentException for a name that [Tree#checkName] objects to
  public static Ref apply(
      TreePieces pieces, Ref tree, Map<String, Optional<Ref>> changes, Consumer<Blob> sink) {
    if (changes.isEmpty()) {
      return tree;
    }
    TreeEdit edit = new TreeEdit(pieces, changes, sink);
    edit.piece(pieces.get(tree), -1, 0, edit.names.size());
    return edit.builder.finish();
  }

  /// Adds a piece with the changes of a range.
  ///
  /// @param bit where it is separated from what is beside it, at the last
  private void piece(TreePiece piece, int bit, int from, int to) {
    switch (piece) {
      case Tree tree -> entries(tree, bit, from, to);
      case TreePage page -> parts(page, from, to);
    }
  }

  private void parts(TreePage page, int from, int to) {
    int next = from;
    int bit = -1;
    for (int i = 0; i < page.partCount(); i++) {
      int before = bit;
      bit = i < page.partCount() - 1 ? NameBits.lastBit(page.separator(i)) : -1;
      if (i > 0) {
        builder.cross(page.separator(i - 1));
      }
      int end = next;
      while (end < to && page.partOf(keys.get(end)) == i) {
        end++;
      }
      if (end == next) {
        builder.add(page.part(i));
      } else {
        piece(pieces.get(page, i), Math.max(before, bit), next, end);
      }
      next = end;
    }
  }

  private void entries(Tree tree, int bit, int from, int to) {
    List<String> merged = new ArrayList<>(tree.size() + to - from);
    List<Ref> refs = new ArrayList<>(tree.size() + to - from);
    int entry = 0;
    for (int change = from; change < to; change++) {
      String name = names.get(change);
      for (; entry < tree.size() && Tree.NAME_ORDER.compare(tree.name(entry), name) < 0; entry++) {
        merged.add(tree.name(entry));
        refs.add(tree.ref(entry));
      }
      if (entry < tree.size() && tree.name(entry).equals(name)) {
        entry++;
      }
      values
          .get(change)
          .ifPresent(
              ref -> {
                merged.add(name);
                refs.add(ref);
              });
    }
    for (; entry < tree.size(); entry++) {
      merged.add(tree.name(entry));
      refs.add(tree.ref(entry));
    }
    add(merged, refs, bit);
  }

  /// Adds entries: at once, when they are one node of the trie as they were before.
  private void add(List<String> merged, List<Ref> refs, int bit) {
    long bytes = Tree.entryBytes(merged, refs);
    if (bytes <= Tree.ENTRY_BYTES_MAX && (merged.size() < 2 || isNode(merged, bit))) {
      builder.add(merged, refs, bytes);
      return;
    }
    for (int i = 0; i < merged.size(); i++) {
      builder.add(merged.get(i), refs.get(i));
    }
  }

  private static boolean isNode(List<String> merged, int bit) {
    byte[] first = NameBits.bytes(merged.getFirst());
    return NameBits.firstDifference(first, NameBits.bytes(merged.getLast())) > bit;
  }
}
