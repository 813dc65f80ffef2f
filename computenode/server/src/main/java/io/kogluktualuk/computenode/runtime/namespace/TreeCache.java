package io.kogluktualuk.computenode.runtime.namespace;

import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.TreePiece;
import io.kogluktualuk.fabric.blob.TreePieces;
import io.kogluktualuk.fabric.blob.TreeView;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Trees and pieces of wide ones decoded lately, and which of them are known to hold no thunks;
/// shared by all transactions of a node.
///
/// The pieces of a walk from the root are met again and again: of those that share some bits of
/// their hash, the latest is found without a lock.
///
/// **Threading:** safe for any number of threads.
/// **Bound:** the encoded bytes of the pieces it keeps, and [#LATEST] more pieces; [#PURE_MAX]
/// hashes of pure trees.
public final class TreeCache {

  private static final int PURE_MAX = 100_000;

  private static final int LATEST = 64;

  private final long bytesMax;
  private final Map<Hash, Cached> trees = new LinkedHashMap<>(256, 0.75f, true);
  private final AtomicReferenceArray<@Nullable Latest> latest = new AtomicReferenceArray<>(LATEST);
  private final Map<Hash, Boolean> pure = new ConcurrentHashMap<>();
  private long bytes;

  private record Cached(TreePiece piece, long bytes) {}

  private record Latest(Hash hash, TreePiece piece) {}

  public TreeCache(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// A directory, of which pieces are read as they are needed.
  public TreeView view(BlobStore blobs, Ref ref) {
    return TreeView.of(pieces(blobs), ref);
  }

  /// Pieces of directories, those of a store unless they are here.
  public TreePieces pieces(BlobStore blobs) {
    return ref -> get(blobs, ref);
  }

  /// A piece of a directory.
  public TreePiece get(BlobStore blobs, Ref ref) {
    Hash hash = ref.hash();
    int place = (int) hash.word(3) & LATEST - 1;
    Latest found = latest.get(place);
    if (found != null && found.hash.equals(hash)) {
      return found.piece;
    }
    TreePiece piece = cached(hash);
    if (piece == null) {
      piece = TreePieces.of(blobs).get(ref);
      add(ref, piece);
    }
    latest.set(place, new Latest(hash, piece));
    return piece;
  }

  private synchronized @Nullable TreePiece cached(Hash hash) {
    Cached cached = trees.get(hash);
    return cached == null ? null : cached.piece;
  }

  private synchronized void add(Ref ref, TreePiece piece) {
    if (trees.put(ref.hash(), new Cached(piece, ref.length())) == null) {
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
