package io.kogluktualuk.computenode.runtime.namespace;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Tree;
import io.kogluktualuk.fabric.blob.TreeEdit;
import io.kogluktualuk.fabric.blob.TreePieces;
import io.kogluktualuk.fabric.blob.TreeView;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.namespace.Thunk;
import io.kogluktualuk.fabric.transaction.Capture;
import io.kogluktualuk.fabric.transaction.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The namespace that a transaction was given, and the computations it has bound: what the words
/// of its trace, such as a [Capture], mean here.
///
/// The same for a program that runs and for one whose trace is followed instead.
///
/// **Threading:** the guest's thread. **Bound:** one promise for each thunk that was bound.
public final class Given {

  private static final long CHARGE_BYTES_MIN = 4_096;

  private final BlobStore blobs;
  private final TreeCache trees;
  private final Ref root;
  private final Thunks thunks;
  private final List<Bound> bound = new ArrayList<>();

  /// A computation that was bound.
  private static final class Bound {
    private final Supplier<Thunks.Promise> begin;
    private Thunks.@Nullable Promise promise;

    Bound(Supplier<Thunks.Promise> begin) {
      this.begin = begin;
    }

    Thunks.Promise promise() {
      Thunks.Promise begun = promise;
      if (begun == null) {
        begun = begin.get();
        promise = begun;
      }
      return begun;
    }
  }

  /// @param blobs lent
  /// @param root the namespace
  public Given(BlobStore blobs, TreeCache trees, Ref root, Thunks thunks) {
    this.blobs = blobs;
    this.trees = trees;
    this.root = root;
    this.thunks = thunks;
  }

  public BlobStore blobs() {
    return blobs;
  }

  Thunks thunks() {
    return thunks;
  }

  public Ref root() {
    return root;
  }

  TreePieces pieces() {
    return trees.pieces(blobs);
  }

  public TreeView tree(Ref ref) {
    return trees.view(blobs, ref);
  }

  /// A namespace, and the bytes that were made for it.
  private record Rooted(Ref root, long bytes) {}

  /// What the tree of the namespace with another `/tmp` is charged for: the bytes it takes, of a
  /// wide one those of the pieces that it does not share with the namespace, rounded up to a
  /// power of two, so that a name more or less is hardly ever an observation.
  public long bytesWith(@Nullable Ref tmp) {
    return rootWith(tmp).bytes;
  }

  private Rooted rootWith(@Nullable Ref tmp) {
    if (tmp == null) {
      return new Rooted(root, 0);
    }
    List<Blob> made = new ArrayList<>();
    Ref whole = TreeEdit.apply(pieces(), root, Map.of(GuestTree.TMP, Optional.of(tmp)), made::add);
    blobs.put(made);
    long bytes = made.stream().mapToLong(Blob::length).sum();
    return new Rooted(whole, Math.max(CHARGE_BYTES_MIN, Long.highestOneBit(2 * bytes - 1)));
  }

  /// Begins a thunk that stands in the namespace.
  public Thunks.Promise start(Ref thunk) {
    return thunks.start(root, thunk);
  }

  /// Begins a thunk that sees the namespace as it is at one moment.
  public Thunks.Promise bind(Ref thunk, Trace.Base base) {
    bindLater(thunk, base);
    return bound.getLast().promise();
  }

  /// The same, but begins it only when it is asked for.
  public void bindLater(Ref thunk, Trace.Base base) {
    bound.add(new Bound(() -> thunks.start(rootWith(base.tmp()).root, thunk)));
  }

  /// Begins a thunk that sees its inputs.
  ///
  /// @param inputs as many as the thunk has, in its order
  public Thunks.Promise bind(Thunk thunk, List<Capture> inputs) {
    bindLater(thunk, inputs);
    return bound.getLast().promise();
  }

  /// The same, but begins it only when it is asked for.
  public void bindLater(Thunk thunk, List<Capture> inputs) {
    bound.add(new Bound(() -> thunks.startNarrowed(thunk.argv(), sources(thunk, inputs))));
  }

  private List<Source.Input> sources(Thunk thunk, List<Capture> inputs) {
    List<Thunk.Input> names = thunk.inputs();
    if (names == null || names.size() != inputs.size()) {
      throw new IllegalArgumentException("a thunk has as many inputs as were captured for it");
    }
    List<Source.Input> sources = new ArrayList<>(inputs.size());
    for (int i = 0; i < inputs.size(); i++) {
      Thunk.Input name = names.get(i);
      sources.add(new Source.Input(name.as(), name.path().toString(), source(inputs.get(i))));
    }
    return sources;
  }

  /// How many computations have been bound.
  public int boundCount() {
    return bound.size();
  }

  /// The nth computation that was bound, begun; null when there are fewer.
  public Thunks.@Nullable Promise promise(int origin) {
    return origin <= bound.size() ? bound.get(origin - 1).promise() : null;
  }

  /// What a capture stands for here.
  public Source source(Capture capture) {
    return switch (capture) {
      case Capture.At(NamePath path) -> new Source.At(root, path);
      case Capture.Stored(Ref ref) -> new Source.Stored(ref, root);
      case Capture.Output(int origin, NamePath below) ->
          new Source.Promised(bound.get(origin - 1).promise(), below.names());
      case Capture.Missing(String reason) -> new Source.Missing(reason);
      case Capture.Root(Trace.Base base) -> {
        Ref whole = rootWith(base.tmp()).root;
        yield new Source.Stored(whole, whole);
      }
      case Capture.Made(var entries) -> {
        TreeMap<String, Source> sources = new TreeMap<>(Tree.NAME_ORDER);
        entries.forEach((name, entry) -> sources.put(name, source(entry)));
        yield new Source.Made(sources);
      }
      case Capture.Changed(Ref base, var changes) -> {
        TreeMap<String, Optional<Source>> sources = new TreeMap<>(Tree.NAME_ORDER);
        changes.forEach((name, change) -> sources.put(name, change.map(this::source)));
        yield new Source.Changed(base, root, sources);
      }
    };
  }
}
