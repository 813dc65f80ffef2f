package io.kogluktualuk.fabric.blob;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Where the pieces of directories are read.
///
/// **Errors:** those of a [BlobStore]; [MalformedEncoding] for a piece that is not what the page
/// above says of it.
public interface TreePieces {

  /// One piece.
  ///
  /// @param ref of a tree
  TreePiece get(Ref ref);

  /// Reads them in a store, each time anew.
  static TreePieces of(BlobStore store) {
    return ref -> {
      if (ref.kind() != Kind.TREE) {
        throw new IllegalArgumentException(ref + " is not a tree");
      }
      return TreePiece.decode(ref.hash().toHex(), store.get(ref.hash()).toArray());
    };
  }

  /// A part of a page.
  ///
  /// @throws MalformedEncoding when it does not have the entries that the page says
  default TreePiece get(TreePage page, int part) {
    TreePage.Part expected = page.part(part);
    TreePiece found = get(expected.ref());
    if (found.entryCount() != expected.entries() || found.entryBytes() != expected.bytes()) {
      throw new MalformedEncoding(
          "tree %s has %d entries of %d bytes, expected %d of %d"
              .formatted(
                  expected.ref().hash(),
                  found.entryCount(),
                  found.entryBytes(),
                  expected.entries(),
                  expected.bytes()));
    }
    requireBetween(
        expected.ref(),
        found,
        part == 0 ? null : page.separator(part - 1),
        part == page.partCount() - 1 ? null : page.separator(part));
    return found;
  }

  private static void requireBetween(
      Ref ref, TreePiece piece, byte @Nullable [] from, byte @Nullable [] below) {
    byte[] first =
        switch (piece) {
          case Tree tree -> NameBits.bytes(tree.name(0));
          case TreePage page -> page.separator(0);
        };
    byte[] last =
        switch (piece) {
          case Tree tree -> NameBits.bytes(tree.name(tree.size() - 1));
          case TreePage page -> page.separator(page.partCount() - 2);
        };
    if ((from != null && Arrays.compareUnsigned(first, from) < 0)
        || (below != null && Arrays.compareUnsigned(last, below) >= 0)) {
      throw new MalformedEncoding("tree " + ref.hash() + " has names that belong to its neighbour");
    }
  }
}
