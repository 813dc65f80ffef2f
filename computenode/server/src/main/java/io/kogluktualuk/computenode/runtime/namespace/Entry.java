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

    /// Whether it stands in the transaction's namespace, so that finding it is an observation.
    private boolean isGiven;

    /// @param promise null for one that stands in the transaction's namespace and is not yet begun
    Delayed(Ref thunk, Thunks.@Nullable Promise promise) {
      this.thunk = thunk;
      this.promise = promise;
      this.isGiven = promise == null;
    }

    boolean isGiven() {
      return isGiven;
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
    private @Nullable Ref given;
    private @Nullable Tree givenTree;
    private final long number;
    final NavigableMap<String, Entry> entries = new TreeMap<>(Tree.NAME_ORDER);

    /// How many changeable directories stand below one another in it, at most.
    int height;

    /// A new, empty one.
    ///
    /// @param number tells it from all others that the program makes
    Directory(long number) {
      this.number = number;
    }

    /// A copy of a tree.
    Directory(Ref ref, Tree tree, boolean isGiven) {
      this(0);
      this.given = isGiven ? ref : null;
      this.givenTree = isGiven ? tree : null;
      tree.entries().forEach((name, child) -> entries.put(name, of(child, isGiven)));
    }

    /// What stood here in the transaction's namespace; null when it was made, or has been moved.
    @Nullable Ref given() {
      return given;
    }

    /// What the namespace has here.
    @Nullable Tree givenTree() {
      return givenTree;
    }

    /// The number it was made with; 0 for one that was given.
    public long number() {
      return number;
    }

    /// Forgets, at any depth, that anything was given: all of it has been observed.
    private void forgetGiven() {
      if (given != null) {
        given = null;
        givenTree = null;
        entries.replaceAll((_, entry) -> known(entry));
      }
    }
  }

  /// An entry all of which has been observed, so that looking at it again is no observation.
  static Entry known(Entry entry) {
    return switch (entry) {
      case Fixed(Ref ref, _) -> new Fixed(ref, false);
      case Delayed delayed -> {
        delayed.isGiven = false;
        yield delayed;
      }
      case Directory directory -> {
        directory.forgetGiven();
        yield directory;
      }
      case WrittenFile file -> file;
    };
  }

  static Entry of(Ref ref, boolean isGiven) {
    return switch (ref.kind()) {
      case BLOB, LIST, TREE -> new Fixed(ref, isGiven);
      case THUNK -> new Delayed(ref, null);
    };
  }
}
