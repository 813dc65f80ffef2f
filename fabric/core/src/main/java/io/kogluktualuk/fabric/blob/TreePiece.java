package io.kogluktualuk.fabric.blob;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import java.util.List;

/// A directory in one blob: all of a narrow one as a [Tree], or of a wide one a [TreePage], which
/// names the pieces that it consists of.
///
/// Each piece of a directory is itself the encoding of the directory that has just its entries,
/// so that directories share what they have in common, at whatever size.
///
/// **Threading:** immutable.
public sealed interface TreePiece permits Tree, TreePage {

  /// Reads the canonical encoding of either.
  ///
  /// @param name names the tree in error messages
  /// @throws MalformedEncoding for any other bytes
  static TreePiece decode(String name, byte[] encoding) {
    return TreePage.begins(encoding)
        ? TreePage.decode(name, encoding)
        : Tree.decode(name, encoding);
  }

  /// The canonical encoding, as a blob.
  Blob encode();

  /// How many entries there are, in all pieces below.
  long entryCount();

  /// Bytes of their encodings, in all pieces below: what decides how a directory is split.
  long entryBytes();

  /// What this piece names: the values of its entries, or the pieces that it consists of.
  List<Ref> children();
}
