package io.kogluktualuk.fabric.namespace;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Tree;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.NotFound;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Changes names in a namespace and writes the trees that changed: O(depth) new trees for one
/// name.
///
/// **Threading:** one thread. **Memory:** the directories on changed paths only.
public final class NamespaceEditor {

  private final BlobStore store;
  private final Directory root;

  /// A directory that is being changed: its old entries, and what replaces some of them.
  private static final class Directory {
    final Map<String, Ref> entries = new LinkedHashMap<>();
    final Map<String, Directory> opened = new LinkedHashMap<>();

    boolean has(String name) {
      return entries.containsKey(name) || opened.containsKey(name);
    }
  }

  /// Starts from nothing.
  public NamespaceEditor(BlobStore store) {
    this(store, null);
  }

  /// Starts from a tree, which may be null for none.
  public NamespaceEditor(BlobStore store, @Nullable Ref tree) {
    this.store = store;
    this.root = tree == null ? new Directory() : open(tree);
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
    directory.entries.put(path.name(), ref);
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
    boolean opened = !path.isRoot() && directory.opened.remove(path.name()) != null;
    boolean bound = !path.isRoot() && directory.entries.remove(path.name()) != null;
    if (!opened && !bound) {
      throw new NotFound("path " + path + " is not in the namespace, or is its root");
    }
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
    if (!source.has(from.name())) {
      throw new NotFound("path " + from + " is not in the namespace");
    }
    if (to.isRoot() || directory(to.parent(), true).has(to.name())) {
      throw new Conflict("path " + to + " is taken; remove it first");
    }
    Directory target = directory(to.parent(), true);
    Directory opened = source.opened.remove(from.name());
    Ref bound = source.entries.remove(from.name());
    if (opened != null) {
      target.opened.put(to.name(), opened);
    } else if (bound != null) {
      target.entries.put(to.name(), bound);
    }
    return this;
  }

  /// Stores the trees that changed and returns the new root.
  public Ref write() {
    List<Blob> encodings = new ArrayList<>();
    Ref ref = write(root, encodings);
    store.put(encodings);
    return ref;
  }

  private Directory open(Ref tree) {
    Directory directory = new Directory();
    directory.entries.putAll(Resolution.loadTree(store, tree).entries());
    return directory;
  }

  private Directory directory(NamePath path, boolean make) {
    Directory current = root;
    for (int depth = 0; depth < path.names().size(); depth++) {
      String name = path.names().get(depth);
      Directory next = current.opened.get(name);
      if (next == null) {
        next = descend(current, name, path, make);
        current.opened.put(name, next);
        current.entries.remove(name);
      }
      current = next;
    }
    return current;
  }

  private Directory descend(Directory parent, String name, NamePath path, boolean make) {
    Ref ref = parent.entries.get(name);
    if (ref == null) {
      if (!make) {
        throw new NotFound("path " + path + " is not in the namespace: no '" + name + "'");
      }
      return new Directory();
    }
    if (ref.kind() != Kind.TREE) {
      throw new Conflict(
          "path " + path + ": '" + name + "' is a " + ref.kind().word() + ", not a directory");
    }
    return open(ref);
  }

  private static Ref write(Directory directory, List<Blob> encodings) {
    Map<String, Ref> entries = new LinkedHashMap<>(directory.entries);
    directory.opened.forEach((name, child) -> entries.put(name, write(child, encodings)));
    Blob encoding = Tree.of(entries).encode();
    encodings.add(encoding);
    return Tree.refOf(encoding);
  }
}
