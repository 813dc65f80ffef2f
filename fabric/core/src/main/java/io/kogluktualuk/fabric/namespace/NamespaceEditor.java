package io.kogluktualuk.fabric.namespace;

import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.PutBatch;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.TreeBuilder;
import io.kogluktualuk.fabric.blob.TreeEdit;
import io.kogluktualuk.fabric.blob.TreePieces;
import io.kogluktualuk.fabric.blob.TreeView;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.NotFound;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Changes names in a namespace and writes the trees that changed: O(depth) new trees for one
/// name, and of a wide tree only the pieces that changed.
///
/// **Threading:** one thread. **Memory:** the changes, and pieces of directories on changed paths.
public final class NamespaceEditor {

  private final BlobStore store;
  private final TreePieces pieces;
  private final Directory root;

  /// A directory that is being changed: what it was, and what is new of it.
  private static final class Directory {
    /// As it was; null for none.
    final @Nullable Ref base;

    /// A view of it, once it has been asked for.
    @Nullable TreeView view;

    /// New values; none for a name that is gone, or opened.
    final Map<String, Optional<Ref>> changes = new HashMap<>();

    /// Directories in it that are being changed.
    final Map<String, Directory> opened = new HashMap<>();

    Directory(@Nullable Ref base) {
      this.base = base;
    }
  }

  /// Starts from nothing.
  public NamespaceEditor(BlobStore store) {
    this(store, null);
  }

  /// Starts from a tree, which may be null for none.
  public NamespaceEditor(BlobStore store, @Nullable Ref tree) {
    this.store = store;
    this.pieces = TreePieces.of(store);
    this.root = new Directory(tree);
  }

  /// Binds a path, replacing what was there; makes the directories above it.
  ///
  /// @throws Conflict when something above it is content or a thunk
  public NamespaceEditor bind(NamePath path, Ref ref) {
    if (path.isRoot()) {
      throw new Conflict("the root of a namespace cannot be bound: start from a tree instead");
    }
    Directory directory = directory(path.parent(), true);
    directory.opened.remove(path.name());
    directory.changes.put(path.name(), Optional.of(ref));
    return this;
  }

  /// Makes a directory unless there is one.
  public NamespaceEditor makeDirectory(NamePath path) {
    directory(path, true);
    return this;
  }

  /// Removes a path and all below it.
  ///
  /// @throws NotFound when it is not there
  public NamespaceEditor remove(NamePath path) {
    Directory directory = path.isRoot() ? root : directory(path.parent(), false);
    if (path.isRoot() || !has(directory, path.name())) {
      throw new NotFound("path " + path + " is not in the namespace, or is its root");
    }
    directory.opened.remove(path.name());
    directory.changes.put(path.name(), Optional.empty());
    return this;
  }

  /// Binds what stands at one path at another, and removes it where it was; makes the directories
  /// above its new place.
  ///
  /// @throws NotFound when it is not there
  /// @throws Conflict when something stands at its new place, or that is below the old one
  public NamespaceEditor move(NamePath from, NamePath to) {
    if (from.isRoot() || to.startsWith(from)) {
      throw new Conflict("path " + from + " cannot be moved to " + to + ", which is in it");
    }
    Directory source = directory(from.parent(), false);
    if (!has(source, from.name())) {
      throw new NotFound("path " + from + " is not in the namespace");
    }
    if (to.isRoot() || has(directory(to.parent(), true), to.name())) {
      throw new Conflict("path " + to + " is taken; remove it first");
    }
    Directory target = directory(to.parent(), true);
    Directory opened = source.opened.remove(from.name());
    Ref bound = opened == null ? value(source, from.name()) : null;
    source.changes.put(from.name(), Optional.empty());
    if (opened != null) {
      target.opened.put(to.name(), opened);
    } else if (bound != null) {
      target.changes.put(to.name(), Optional.of(bound));
    }
    return this;
  }

  /// Stores the trees that changed and returns the new root.
  public Ref write() {
    PutBatch batch = new PutBatch(store);
    Ref ref = write(root, batch);
    batch.flush();
    return ref;
  }

  private boolean has(Directory directory, String name) {
    return directory.opened.containsKey(name) || value(directory, name) != null;
  }

  /// What a name is bound to, unless it is opened.
  private @Nullable Ref value(Directory directory, String name) {
    Optional<Ref> change = directory.changes.get(name);
    if (change != null) {
      return change.orElse(null);
    }
    Ref base = directory.base;
    if (base == null) {
      return null;
    }
    TreeView view = directory.view;
    if (view == null) {
      view = TreeView.of(pieces, base);
      directory.view = view;
    }
    return view.get(name);
  }

  private Directory directory(NamePath path, boolean make) {
    Directory current = root;
    for (int depth = 0; depth < path.names().size(); depth++) {
      String name = path.names().get(depth);
      Directory next = current.opened.get(name);
      if (next == null) {
        next = descend(current, name, path, make);
        current.opened.put(name, next);
        current.changes.put(name, Optional.empty());
      }
      current = next;
    }
    return current;
  }

  private Directory descend(Directory parent, String name, NamePath path, boolean make) {
    Ref ref = value(parent, name);
    if (ref == null) {
      if (!make) {
        throw new NotFound("path " + path + " is not in the namespace: no '" + name + "'");
      }
      return new Directory(null);
    }
    if (ref.kind() != Kind.TREE) {
      throw new Conflict(
          "path " + path + ": '" + name + "' is a " + ref.kind().word() + ", not a directory");
    }
    return new Directory(ref);
  }

  private Ref write(Directory directory, PutBatch batch) {
    Map<String, Optional<Ref>> changes = new HashMap<>(directory.changes);
    directory.opened.forEach((name, child) -> changes.put(name, Optional.of(write(child, batch))));
    Ref base = directory.base;
    if (base != null) {
      return TreeEdit.apply(pieces, base, changes, batch);
    }
    Map<String, Ref> entries = new HashMap<>();
    changes.forEach((name, change) -> change.ifPresent(ref -> entries.put(name, ref)));
    return TreeBuilder.write(entries, batch);
  }
}
