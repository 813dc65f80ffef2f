package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.ContentList;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.TreeView;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.namespace.Resolution;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a ref is.
///
/// @param contentHash the SHA-256 of the whole content, null when its list does not say it; of the
///     encoding for trees and thunks
/// @param parts chunks of content, entries of a tree
/// @param missing how many of the parts no memory node has; one level deep for a tree
public record RefDescription(Ref ref, @Nullable Hash contentHash, long parts, long missing) {

  /// How many entries of a tree are asked for at a time.
  private static final int BATCH = 4_096;

  static RefDescription of(BlobStore store, Ref ref) {
    return switch (ref.kind()) {
      case BLOB, THUNK -> {
        store.get(ref.hash());
        yield new RefDescription(ref, ref.hash(), 1, 0);
      }
      case LIST -> {
        byte[] encoding = store.get(ref.hash()).toArray();
        ContentList list = ContentList.decode(ref.hash().toHex(), encoding);
        Stream<Hash> chunks = list.chunks().stream().map(ContentList.Chunk::hash);
        yield withParts(store, ref, list.contentHash(), chunks.toList());
      }
      case TREE -> ofTree(store, ref);
    };
  }

  private static RefDescription ofTree(BlobStore store, Ref ref) {
    TreeView tree = Resolution.view(store, ref);
    long missing = 0;
    List<Hash> batch = new ArrayList<>();
    for (Map.Entry<String, Ref> entry : tree) {
      batch.add(entry.getValue().hash());
      if (batch.size() == BATCH) {
        missing += countMissing(store, batch);
        batch.clear();
      }
    }
    return new RefDescription(ref, ref.hash(), tree.size(), missing + countMissing(store, batch));
  }

  private static long countMissing(BlobStore store, List<Hash> parts) {
    var missing = store.missing(parts);
    return parts.stream().filter(missing::contains).count();
  }

  private static RefDescription withParts(
      BlobStore store, Ref ref, @Nullable Hash contentHash, List<Hash> parts) {
    return new RefDescription(ref, contentHash, parts.size(), countMissing(store, parts));
  }
}
