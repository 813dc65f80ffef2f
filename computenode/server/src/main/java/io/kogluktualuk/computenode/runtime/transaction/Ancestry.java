package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.ContentList;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.TreePieces;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds out what a blob is part of: the list that has it as a chunk, the tree that has that as
/// an entry or a piece, and so on up to one of the values that were given.
///
/// It is asked when something has been lost, so it may take its time: it reads lists and trees
/// until it meets the blob.
///
/// **Threading:** one thread. **Bound:** [#LOOKED_AT_MAX] blobs; what lies behind is not found.
final class Ancestry {

  static final int LOOKED_AT_MAX = 1_000_000;

  private final BlobStore blobs;
  private final Hash sought;
  private final Map<Hash, Hash> parents = new HashMap<>();
  private final Deque<Ref> open = new ArrayDeque<>();

  private Ancestry(BlobStore blobs, Hash sought) {
    this.blobs = blobs;
    this.sought = sought;
  }

  /// The blob itself, then what it is part of, the nearest first.
  static List<Hash> of(BlobStore blobs, Collection<Ref> values, Hash sought) {
    Ancestry ancestry = new Ancestry(blobs, sought);
    for (Ref value : values) {
      if (ancestry.find(value)) {
        break;
      }
    }
    List<Hash> line = new ArrayList<>();
    for (Hash at = sought; at != null; at = ancestry.parents.get(at)) {
      line.add(at);
    }
    return line;
  }

  private boolean find(Ref value) {
    open.clear();
    open.add(value);
    while (!open.isEmpty() && parents.size() < LOOKED_AT_MAX) {
      Ref ref = open.removeFirst();
      if (ref.hash().equals(sought) || lookInto(ref)) {
        return true;
      }
    }
    return false;
  }

  private boolean lookInto(Ref ref) {
    try {
      if (ref.kind() == Kind.TREE) {
        for (Ref child : TreePieces.of(blobs).get(ref).children()) {
          if (meet(child.hash(), ref.hash())) {
            open.add(child);
          }
        }
      } else if (ref.kind() == Kind.LIST) {
        ContentList.decode(ref.hash().toHex(), blobs.get(ref.hash()).toArray())
            .chunks()
            .forEach(chunk -> meet(chunk.hash(), ref.hash()));
      }
    } catch (FabricException _) {
      // Lost itself, and so no way to anything.
    }
    return parents.containsKey(sought);
  }

  private boolean meet(Hash child, Hash parent) {
    return parents.putIfAbsent(child, parent) == null;
  }
}
