package io.kogluktualuk.computenode.runtime.namespace;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Tree;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a name leads to in a running transaction.
///
/// **Threading:** the guest's thread.
public sealed interface Entry permits Entry.Fixed, Entry.Delayed, Entry.Directory, WrittenFile {

  /// A value that is there: a blob, a list or a tree.
  ///
  /// @param isGiven whether it stands in the transaction's namespace, so that reading it is an
  ///     observation; what is below an output is known by that output
  record Fixed(Ref ref, boolean isGiven) implements Entry {}

  /// A thunk.
  final class Delayed implements Entry {
    final Ref thunk;
    private Thunks.@Nullable Promise promise;
    Thunks.@Nullable Value value;

    /// @param promise null for one that stands in the transaction's namespace and is not yet begun
    Delayed(Ref thunk, Thunks.@Nullable Promise promise) {
      this.thunk = thunk;
      this.promise = promise;
    }

    Thunks.Promise promise(Thunks thunks, Ref root) {
      Thunks.Promise begun = promise;
      if (begun == null) {
        begun = thunks.start(root, thunk);
        promise = begun;
      }
      return begun;
    }
  }

  /// A directory that can be changed.
  final class Directory implements Entry {
    /// What stood here in the transaction's namespace.
    final @Nullable Ref given;

    final @Nullable Tree givenTree;
    final NavigableMap<String, Entry> entries = new TreeMap<>(Tree.NAME_ORDER);

    /// A new, empty one.
    Directory() {
      this(null, null, false);
    }

    /// A copy of a tree.
    Directory(@Nullable Ref ref, @Nullable Tree tree, boolean isGiven) {
      this.given = isGiven ? ref : null;
      this.givenTree = isGiven ? tree : null;
      if (tree != null) {
        tree.entries().forEach((name, child) -> entries.put(name, of(child, isGiven)));
      }
    }
  }

  static Entry of(Ref ref, boolean isGiven) {
    return switch (ref.kind()) {
      case BLOB, LIST, TREE -> new Fixed(ref, isGiven);
      case THUNK -> new Delayed(ref, null);
    };
  }
}
