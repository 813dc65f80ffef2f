package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.ContentList;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.namespace.Resolution;
import java.util.List;
import java.util.stream.Stream;

/// What a ref is.
///
/// @param contentHash the SHA-256 of the whole content; of the encoding for trees and thunks
/// @param parts chunks of content, entries of a tree
/// @param missing how many of the parts no memory node has; one level deep for a tree
public record RefDescription(Ref ref, Hash contentHash, long parts, long missing) {

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
      case TREE -> {
        Stream<Ref> entries = Resolution.loadTree(store, ref).entries().values().stream();
        yield withParts(store, ref, ref.hash(), entries.map(Ref::hash).toList());
      }
    };
  }

  private static RefDescription withParts(
      BlobStore store, Ref ref, Hash contentHash, List<Hash> parts) {
    var missing = store.missing(parts);
    return new RefDescription(
        ref, contentHash, parts.size(), parts.stream().filter(missing::contains).count());
  }
}
