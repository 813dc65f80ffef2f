package io.kogluktualuk.computenode.runtime.transaction;

import io.kogluktualuk.computenode.runtime.store.Shelf;
import io.kogluktualuk.computenode.runtime.store.Worth;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.namespace.NamespaceEditor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The namespaces of narrowed transactions, put together of the values of their inputs, with a
/// memory: the same inputs are met again whenever a thunk is read again.
///
/// **Threading:** safe for any number of threads. **Bound:** [#BYTES_MAX] of trees.
final class Namespaces {

  static final long BYTES_MAX = 16L << 20;

  /// A map, a path and a ref for each input; a list and a blob for each tree.
  private static final int OVERHEAD_BYTES = 500;

  private final Map<Parts, Made> known = new LinkedHashMap<>(64, 0.75f, true);
  private long bytes;

  private record Parts(@Nullable Ref whole, Map<NamePath, Ref> parts) {}

  private record Made(Ref root, List<Blob> trees, long bytes) {}

  /// The namespace with these parts; its trees are stored.
  ///
  /// @param whole what the parts are put into; null for nothing
  /// @param parts not changed any more
  /// @throws Conflict when one part would have to be inside another that is not a directory
  Ref of(Shelf blobs, @Nullable Ref whole, Map<NamePath, Ref> parts) {
    Parts key = new Parts(whole, parts);
    Made made;
    synchronized (this) {
      made = known.get(key);
    }
    if (made == null) {
      made = make(blobs, whole, parts);
      add(key, made);
    } else {
      blobs.put(made.trees, Worth.RECIPE); // whoever runs it elsewhere must find it
    }
    return made.root;
  }

  private synchronized void add(Parts key, Made made) {
    if (known.put(key, made) == null) {
      bytes += made.bytes;
      Iterator<Made> eldest = known.values().iterator();
      while (bytes > BYTES_MAX) {
        bytes -= eldest.next().bytes;
        eldest.remove();
      }
    }
  }

  private static Made make(Shelf blobs, @Nullable Ref whole, Map<NamePath, Ref> parts) {
    Trees trees = new Trees(blobs);
    NamespaceEditor editor = new NamespaceEditor(trees, whole);
    parts.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(part -> editor.bind(part.getKey(), part.getValue()));
    Ref root = editor.write();
    long bytes = OVERHEAD_BYTES * (1L + parts.size() + trees.written.size());
    for (Blob tree : trees.written) {
      bytes += tree.length();
    }
    return new Made(root, List.copyOf(trees.written), bytes);
  }

  /// A store that remembers what is written to it.
  private static final class Trees implements BlobStore {
    private final Shelf blobs;
    private final List<Blob> written = new ArrayList<>();

    Trees(Shelf blobs) {
      this.blobs = blobs;
    }

    @Override
    public Blob get(Hash hash) {
      return blobs.get(hash);
    }

    @Override
    public List<Blob> getAll(List<Hash> hashes) {
      return blobs.getAll(hashes);
    }

    @Override
    public void put(List<Blob> trees) {
      written.addAll(trees);
      blobs.put(trees, Worth.RECIPE);
    }

    @Override
    public Set<Hash> missing(Collection<Hash> hashes) {
      return blobs.missing(hashes);
    }
  }
}
