package io.kogluktualuk.fabric.blob;

import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;

/// Goes through everything that values consist of: the chunks of lists, the entries of trees and
/// the pieces of wide ones, down to the last blob. A thunk is one blob; what it computes is not
/// part of it.
///
/// **Threading:** stateless. **Memory:** the refs still to be looked at: the children of the
/// pieces of trees on the way down, not of all.
public final class Reach {

  /// Hears what is reached, each blob at least once.
  public interface Visitor {

    /// A blob that the values need.
    ///
    /// @return whether to go into it, if it is a list or a tree; false when that has been done
    boolean reached(Hash hash);

    /// A list or tree that could not be read: what it consists of is not known.
    void unreadable(Ref ref, FabricException reason);
  }

  private Reach() {}

  /// Visits depth first.
  ///
  /// @param store where lists and trees are read
  public static void visit(BlobStore store, Collection<Ref> values, Visitor visitor) {
    Deque<Ref> open = new ArrayDeque<>(values);
    while (!open.isEmpty()) {
      Ref ref = open.removeFirst();
      if (!visitor.reached(ref.hash())) {
        continue;
      }
      try {
        switch (ref.kind()) {
          case BLOB, THUNK -> {}
          case LIST -> visitChunks(store, ref, visitor);
          case TREE ->
              TreePiece.decode(ref.hash().toHex(), store.get(ref.hash()).toArray())
                  .children()
                  .forEach(open::addFirst);
        }
      } catch (FabricException e) {
        visitor.unreadable(ref, e);
      }
    }
  }

  private static void visitChunks(BlobStore store, Ref list, Visitor visitor) {
    ContentList.decode(list.hash().toHex(), store.get(list.hash()).toArray())
        .chunks()
        .forEach(chunk -> visitor.reached(chunk.hash()));
  }
}
