package io.kogluktualuk.computenode.runtime.namespace;

import io.kogluktualuk.computenode.runtime.namespace.Entry.Delayed;
import io.kogluktualuk.computenode.runtime.namespace.Entry.Fixed;
import io.kogluktualuk.computenode.runtime.tracking.TraceRecorder;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.Content;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.namespace.Thunk;
import io.kogluktualuk.fabric.transaction.Capture;
import io.kogluktualuk.fabric.transaction.Trace;
import io.kogluktualuk.fabric.transaction.Trace.Place;
import java.util.ArrayList;
import java.util.List;

/// The changes a program may make to its files: everything is below `/tmp`.
///
/// **Threading:** the guest's thread. **Errors:** [FileError], ACCES for a path that is not below
/// `/tmp`. **Bound:** [#NAMES_MAX] names made, or removed from wide directories; beyond it NOSPC.
public final class GuestFiles {

  /// A name costs a few hundred bytes of heap.
  public static final int NAMES_MAX = 1 << 18;

  private final GuestTree tree;
  private final Captures captures;
  private final TraceRecorder trace;
  private int names;
  private long made;

  public GuestFiles(GuestTree tree, Captures captures, TraceRecorder trace) {
    this.tree = tree;
    this.captures = captures;
    this.trace = trace;
  }

  /// Bytes of trees made for what was bound so far: their maker is charged for them.
  public long encodedBytes() {
    return captures.encodedBytes();
  }

  /// How to open a file for writing.
  ///
  /// @param create make it when it is not there
  /// @param exclusive fail when it is there
  /// @param truncate begin empty
  public record WriteMode(boolean create, boolean exclusive, boolean truncate) {

    /// Change what is there, or make it.
    public static final WriteMode APPEND = new WriteMode(true, false, false);
  }

  /// A file to write to.
  public WrittenFile open(NamePath path, WriteMode mode) {
    List<Directory> parents = parents(path);
    Entry there = tree.walk(path, path.names().size());
    if (there == null) {
      if (!mode.create) {
        throw new FileError(Errno.NOENT);
      }
      return put(parents, path, new WrittenFile(tree.blobs(), ++made));
    }
    if (mode.exclusive && mode.create) {
      throw new FileError(Errno.EXIST);
    }
    Entry found = tree.find(path);
    return switch (found) {
      case Fixed fixed when !fixed.isDirectory() ->
          put(
              parents,
              path,
              mode.truncate
                  ? new WrittenFile(tree.blobs(), ++made)
                  : WrittenFile.of(
                      tree.blobs(), Content.open(tree.blobs(), tree.content(fixed)), ++made));
      case WrittenFile file -> {
        if (mode.truncate) {
          file.truncate(0);
        }
        yield file;
      }
      case Fixed _, Directory _, Delayed _ -> throw new FileError(Errno.ISDIR);
    };
  }

  private WrittenFile put(List<Directory> parents, NamePath path, WrittenFile file) {
    name(parents, path, file);
    return file;
  }

  private void requireRoom() {
    if (names >= NAMES_MAX) {
      throw new FileError(Errno.NOSPC);
    }
  }

  /// Removes a name. That one of a wide directory is gone takes as much as a new one.
  private void remove(Directory parent, String name) {
    requireRoom();
    if (parent.remove(name)) {
      names++;
    }
  }

  private void name(List<Directory> parents, NamePath path, Entry entry) {
    requireRoom();
    names++;
    parents.getLast().put(path.name(), entry);
    raise(parents, entry instanceof Directory ? 1 : 0);
  }

  /// Tells all directories of a path how high what is below them is now.
  private static void raise(List<Directory> parents, int height) {
    for (int i = parents.size() - 1, here = height; i >= 0; i--, here++) {
      Directory directory = parents.get(i);
      directory.height = Math.max(directory.height, here);
    }
  }

  public void makeDirectory(NamePath path) {
    if (path.isRoot()) {
      throw new FileError(Errno.EXIST);
    }
    if (path.equals(GuestTree.TMP_PATH)) {
      tree.find(path);
      throw new FileError(Errno.EXIST);
    }
    List<Directory> parents = parents(path);
    if (tree.walk(path, path.names().size()) != null) {
      throw new FileError(Errno.EXIST);
    }
    name(parents, path, new Directory(++made));
  }

  /// Removes a name that is not a directory; a thunk goes without having been computed.
  public void unlink(NamePath path) {
    Directory parent = parents(path).getLast();
    if (isDirectory(existing(path))) {
      throw new FileError(Errno.ISDIR);
    }
    remove(parent, path.name());
  }

  public void removeDirectory(NamePath path) {
    Directory parent = parents(path).getLast();
    requireEmpty(tree.force(existing(path), path), path);
    remove(parent, path.name());
  }

  private void requireEmpty(Entry entry, NamePath path) {
    if (!isDirectory(entry)) {
      throw new FileError(Errno.NOTDIR);
    }
    if (tree.list(path).at(0) != null) {
      throw new FileError(Errno.NOTEMPTY);
    }
  }

  /// Moves a name, replacing a file or an empty directory; a thunk moves without being computed.
  /// Under its new name it is the program's own.
  public void rename(NamePath from, NamePath to) {
    Directory source = parents(from).getLast();
    List<Directory> targets = parents(to);
    Entry moved = existing(from);
    if (from.equals(to)) {
      return;
    }
    if (to.startsWith(from)) {
      throw new FileError(Errno.INVAL);
    }
    Entry replaced = tree.walk(to, to.names().size());
    if (replaced != null) {
      requireReplaceable(moved, replaced, to);
    }
    int height = moved instanceof Directory directory ? directory.height + 1 : 0;
    if (targets.size() + height > NamePath.DEPTH_MAX) {
      throw new FileError(Errno.NAMETOOLONG);
    }
    remove(source, from.name());
    targets.getLast().put(to.name(), Entry.own(moved));
    raise(targets, height);
  }

  private void requireReplaceable(Entry moved, Entry replaced, NamePath to) {
    if (isDirectory(moved)) {
      requireEmpty(tree.force(replaced, to), to);
    } else if (isDirectory(replaced)) {
      throw new FileError(Errno.ISDIR);
    }
  }

  /// Binds a path to a computation and begins it.
  ///
  /// @param thunk with its inputs what it sees, else the whole namespace as it is now
  public void bind(NamePath path, Thunk thunk) {
    List<Directory> parents = parents(path);
    requireNoDirectory(path);
    List<Thunk.Input> inputs = thunk.inputs();
    name(
        parents, path, inputs == null ? bindWhole(path, thunk) : bindNarrowed(path, thunk, inputs));
  }

  private Delayed bindWhole(NamePath path, Thunk thunk) {
    Blob encoding = thunk.encode();
    tree.blobs().put(List.of(encoding));
    Ref ref = Thunk.refOf(encoding);
    Trace.Base base = captures.base();
    Place place = Place.ofOutput(trace.bound(path, ref, base));
    return new Delayed(ref, place, tree.given().bind(ref, base));
  }

  private Delayed bindNarrowed(NamePath path, Thunk thunk, List<Thunk.Input> inputs) {
    List<Capture> captured = new ArrayList<>(inputs.size());
    for (Thunk.Input input : inputs) {
      captured.add(captures.at(input.path()));
    }
    Place place = Place.ofOutput(trace.needed(path, thunk, captured));
    return new Delayed(thunk, place, tree.given().bind(thunk, captured));
  }

  /// Binds a path to a value.
  public void bind(NamePath path, Ref value) {
    List<Directory> parents = parents(path);
    requireNoDirectory(path);
    name(parents, path, new Fixed(value, null, false));
  }

  private void requireNoDirectory(NamePath path) {
    Entry there = tree.walk(path, path.names().size());
    if (there != null && isDirectory(there)) {
      throw new FileError(Errno.ISDIR);
    }
  }

  /// @throws FileError ACCES for a path that is not `/tmp` or below it
  public void requireChangeable(NamePath path) {
    if (!path.startsWith(GuestTree.TMP_PATH)) {
      throw new FileError(Errno.ACCES);
    }
  }

  /// Checks that something stands at a path; computes nothing for it but what is on the way.
  public void requireThere(NamePath path) {
    existing(path);
  }

  private Entry existing(NamePath path) {
    Entry there = tree.walk(path, path.names().size());
    if (there == null) {
      throw new FileError(Errno.NOENT);
    }
    return there;
  }

  private static boolean isDirectory(Entry entry) {
    return switch (entry) {
      case Directory _ -> true;
      case Fixed fixed -> fixed.isDirectory();
      case WrittenFile _, Delayed _ -> false;
    };
  }

  /// The directories on the way to a path, from `/tmp` down, made changeable.
  private List<Directory> parents(NamePath path) {
    if (!path.startsWith(GuestTree.TMP_PATH) || path.equals(GuestTree.TMP_PATH)) {
      throw new FileError(Errno.ACCES);
    }
    List<Directory> parents = new ArrayList<>();
    Directory current = tree.ownTmp();
    NamePath here = GuestTree.TMP_PATH;
    parents.add(current);
    for (String name : path.parent().names().subList(1, path.names().size() - 1)) {
      Entry next = current.get(name);
      here = here.child(name);
      if (next == null) {
        throw new FileError(Errno.NOENT);
      }
      Directory own = tree.own(tree.force(next, here));
      current.put(name, own);
      current = own;
      parents.add(current);
    }
    raise(parents, 0);
    return parents;
  }
}
