package io.kogluktualuk.fabric.namespace;

import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Tree;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeSet;

/// What differs between two values, path by path, in canonical order.
///
/// Equal refs are equal down to the last blob, so only the directories that differ are read: two
/// for each. Nothing is computed; a thunk differs from any other ref.
///
/// **Threading:** stateless. **Memory:** the directories on the way down.
public final class TreeDiff {

  private final BlobStore store;
  private final Listener listener;

  private TreeDiff(BlobStore store, Listener listener) {
    this.store = store;
    this.listener = listener;
  }

  /// What is different at a path.
  public sealed interface Difference {

    NamePath path();

    /// Something stands there now, with all below it.
    record Added(NamePath path, Ref ref) implements Difference {}

    /// What stood there does not any more, with all below it.
    record Removed(NamePath path, Ref ref) implements Difference {}

    /// Something else stands there, and one of both at least is no directory.
    record Changed(NamePath path, Ref before, Ref after) implements Difference {}
  }

  /// Hears what is found.
  public interface Listener {

    void differs(Difference difference);

    /// A directory of both, in which something differs; told before that is.
    default void entered(NamePath path, Ref before, Ref after) {}
  }

  /// Compares two values.
  ///
  /// @param store where trees are read
  /// @throws io.kogluktualuk.fabric.fault.InvalidArgument when they differ deeper than a path can
  ///     be
  public static void between(BlobStore store, Ref before, Ref after, Listener listener) {
    new TreeDiff(store, listener).compare(NamePath.ROOT, before, after);
  }

  private void compare(NamePath path, Ref before, Ref after) {
    if (before.equals(after)) {
      return;
    }
    if (before.kind() != Kind.TREE || after.kind() != Kind.TREE) {
      listener.differs(new Difference.Changed(path, before, after));
      return;
    }
    listener.entered(path, before, after);
    NavigableMap<String, Ref> old = Resolution.loadTree(store, before).entries();
    NavigableMap<String, Ref> fresh = Resolution.loadTree(store, after).entries();
    TreeSet<String> names = new TreeSet<>(Tree.NAME_ORDER);
    keepDifferent(old, fresh, names);
    keepDifferent(fresh, old, names);
    for (String name : names) {
      Ref from = old.get(name);
      Ref to = fresh.get(name);
      if (from == null) {
        listener.differs(new Difference.Added(path.child(name), Objects.requireNonNull(to)));
      } else if (to == null) {
        listener.differs(new Difference.Removed(path.child(name), from));
      } else {
        compare(path.child(name), from, to);
      }
    }
  }

  private static void keepDifferent(
      Map<String, Ref> these, Map<String, Ref> those, TreeSet<String> names) {
    these.forEach(
        (name, ref) -> {
          if (!ref.equals(those.get(name))) {
            names.add(name);
          }
        });
  }
}
