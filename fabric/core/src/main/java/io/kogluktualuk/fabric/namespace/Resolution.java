package io.kogluktualuk.fabric.namespace;

import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.TreePieces;
import io.kogluktualuk.fabric.blob.TreeView;

/// What a path leads to in a tree, without computing anything.
public sealed interface Resolution {

  /// A value; a thunk only when it is the path's own last name.
  record Found(Ref ref) implements Resolution {}

  /// Nothing.
  ///
  /// @param missing the shortest prefix of the path that is not there
  record Absent(NamePath missing) implements Resolution {}

  /// The path goes on below something that is content.
  record NotADirectory(NamePath file) implements Resolution {}

  /// The path goes on below a thunk, which must be computed first.
  ///
  /// @param at where the thunk stands
  record Blocked(NamePath at, Ref thunk) implements Resolution {}

  /// Follows `path` from `root`; fetches one tree for each name, or of a wide one a piece for each
  /// of its ranks.
  static Resolution of(BlobStore store, Ref root, NamePath path) {
    Ref current = root;
    for (int depth = 0; depth < path.names().size(); depth++) {
      NamePath here = path.prefix(depth);
      switch (current.kind()) {
        case BLOB, LIST -> {
          return new NotADirectory(here);
        }
        case THUNK -> {
          return new Blocked(here, current);
        }
        case TREE -> {
          Ref next = view(store, current).get(path.names().get(depth));
          if (next == null) {
            return new Absent(here.child(path.names().get(depth)));
          }
          current = next;
        }
      }
    }
    return new Found(current);
  }

  /// A view of a tree.
  static TreeView view(BlobStore store, Ref ref) {
    return TreeView.of(TreePieces.of(store), ref);
  }
}
