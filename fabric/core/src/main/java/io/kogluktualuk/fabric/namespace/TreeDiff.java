package io.kogluktualuk.fabric.namespace;

import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.TreeComparison;
import io.kogluktualuk.fabric.blob.TreePieces;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What differs between two values, path by path, in canonical order.
///
/// Equal refs are equal down to the last blob, so only the directories that differ are read, and
/// of wide ones only the pieces that do. Nothing is computed; a thunk differs from any other ref.
///
/// **Threading:** stateless. **Memory:** the pieces of directories on the way down.
public final class TreeDiff {

  private final TreePieces pieces;
  private final Listener listener;

  private TreeDiff(TreePieces pieces, Listener listener) {
    this.pieces = pieces;
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

    /// A piece of a directory of the later value that was read, among them all that are not in the
    /// directory that stood there before.
    default void read(Ref piece) {}
  }

  /// Compares two values.
  ///
  /// @param store where trees are read
  /// @throws io.kogluktualuk.fabric.fault.InvalidArgument when they differ deeper than a path can
  ///     be
  public static void between(BlobStore store, Ref before, Ref after, Listener listener) {
    new TreeDiff(TreePieces.of(store), listener).compare(NamePath.ROOT, before, after);
  }

  private void compare(NamePath path, Ref before, Ref after) {
    if (before.equals(after)) {
      return;
    }
    if (before.kind() != Kind.TREE || after.kind() != Kind.TREE) {
      listener.differs(new Difference.Changed(path, before, after));
      return;
    }
    TreeComparison.between(
        pieces,
        before,
        after,
        new TreeComparison.Listener() {
          @Override
          public void differs(String name, @Nullable Ref from, @Nullable Ref to) {
            TreeDiff.this.differs(path.child(name), from, to);
          }

          @Override
          public void read(Ref piece) {
            listener.read(piece);
          }
        });
  }

  private void differs(NamePath path, @Nullable Ref from, @Nullable Ref to) {
    if (from == null) {
      listener.differs(new Difference.Added(path, Objects.requireNonNull(to)));
    } else if (to == null) {
      listener.differs(new Difference.Removed(path, from));
    } else {
      compare(path, from, to);
    }
  }
}
