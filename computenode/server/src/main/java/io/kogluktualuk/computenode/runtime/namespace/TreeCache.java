package io.kogluktualuk.computenode.runtime.namespace;

import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Tree;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.namespace.Resolution;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Trees decoded lately, and which of them are known to hold no thunks; shared by all
/// transactions of a node.
///
/// **Threading:** safe for any number of threads.
/// **Bound:** the encoded bytes of the trees it keeps; [#PURE_MAX] hashes of pure trees.
public final class TreeCache {

  private static final int PURE_MAX = 100_000;

  private final long bytesMax;
  private final Map<Hash, Cached> trees = new LinkedHashMap<>(256, 0.75f, true);
  private final Map<Hash, Boolean> pure = new ConcurrentHashMap<>();
  private long bytes;

  private record Cached(Tree tree, long bytes) {}

  public TreeCache(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  public Tree get(BlobStore blobs, Ref ref) {
    synchronized (this) {
      Cached cached = trees.get(ref.hash());
      if (cached != null) {
        return cached.tree;
      }
    }
    Tree tree = Resolution.loadTree(blobs, ref);
    add(ref, tree);
    return tree;
  }

  private synchronized void add(Ref ref, Tree tree) {
    if (trees.put(ref.hash(), new Cached(tree, ref.length())) == null) {
      bytes += ref.length();
      Iterator<Cached> eldest = trees.values().iterator();
      while (bytes > bytesMax && trees.size() > 1 && eldest.hasNext()) {
        bytes -= eldest.next().bytes;
        eldest.remove();
      }
    }
  }

  /// Whether a value is known to hold no thunks, at any depth.
  public boolean isPure(Ref ref) {
    return switch (ref.kind()) {
      case BLOB, LIST -> true;
      case TREE -> pure.containsKey(ref.hash());
      case THUNK -> false;
    };
  }

  /// Remembers that a tree holds no thunks, at any depth.
  public void addPure(Ref ref) {
    if (ref.kind() == Kind.TREE) {
      if (pure.size() >= PURE_MAX) {
        pure.clear();
      }
      pure.put(ref.hash(), true);
    }
  }
}
