package io.kogluktualuk.computenode.runtime.namespace;

import io.kogluktualuk.computenode.runtime.namespace.Entry.Delayed;
import io.kogluktualuk.computenode.runtime.namespace.Entry.Directory;
import io.kogluktualuk.computenode.runtime.namespace.Entry.Fixed;
import io.kogluktualuk.computenode.runtime.tracking.Diagnostics;
import io.kogluktualuk.computenode.runtime.tracking.TraceRecorder;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Tree;
import io.kogluktualuk.fabric.namespace.NamePath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The files of one transaction: its namespace, and over it the directory `/tmp` that it may
/// change.
///
/// Finding a path computes the thunks on the way and the one at its end, and waits for them. What
/// is found in the namespace is written into the trace. Below `/tmp` the namespace's own `/tmp`
/// is seen until it is changed; changing a directory copies it, and the namespace never changes.
///
/// **Threading:** the guest's thread. **Memory:** what was written, and the directories on the
/// way.
public final class GuestTree {

  /// The name of the directory that the program may change.
  public static final String TMP = "tmp";

  static final NamePath TMP_PATH = NamePath.ROOT.child(TMP);

  private final BlobStore blobs;
  private final TreeCache trees;
  private final Ref base;
  private final Thunks thunks;
  private final TraceRecorder trace;
  private final Diagnostics diagnostics;
  private final Map<NamePath, Delayed> givenThunks = new HashMap<>();
  private @Nullable Entry tmp;
  private NamePath awaited = NamePath.ROOT;
  private long encodedBytes;

  public GuestTree(
      BlobStore blobs,
      TreeCache trees,
      Ref base,
      Thunks thunks,
      TraceRecorder trace,
      Diagnostics diagnostics) {
    this.blobs = blobs;
    this.trees = trees;
    this.base = base;
    this.thunks = thunks;
    this.trace = trace;
    this.diagnostics = diagnostics;
  }

  public BlobStore blobs() {
    return blobs;
  }

  /// Bytes of trees made for snapshots so far: their maker is charged for them.
  public long encodedBytes() {
    return encodedBytes;
  }

  /// The path of the thunk that was waited for last.
  public NamePath awaited() {
    return awaited;
  }

  /// What stands at a path: a value, a written file or a directory, never a thunk.
  ///
  /// Of a directory only that it is one has then been observed.
  ///
  /// @throws FileError NOENT, NOTDIR, or IO when a thunk could not be computed
  public Entry find(NamePath path) {
    Entry found = locate(path);
    observe(found, path);
    return found;
  }

  /// The same, where all that is in a directory matters.
  public Entry findWhole(NamePath path) {
    Entry found = locate(path);
    observeWhole(found, path);
    return found;
  }

  private Entry locate(NamePath path) {
    Entry found = walk(path, path.names().size());
    if (found == null) {
      throw new FileError(Errno.NOENT);
    }
    return force(found, path);
  }

  /// Records what stands at a path; of a directory, that it is one.
  void observe(Entry entry, NamePath path) {
    switch (entry) {
      case Fixed(Ref ref, boolean isGiven) when isGiven && ref.kind() == Kind.TREE ->
          observeDirectory(path);
      case Directory directory when directory.given() != null -> observeDirectory(path);
      case Directory _, Fixed _, Delayed _, WrittenFile _ -> observeWhole(entry, path);
    }
  }

  private void observeDirectory(NamePath path) {
    if (!path.isRoot()) {
      trace.directory(path.toString());
    }
  }

  /// Records what stands at a path, with all that is in it.
  void observeWhole(Entry entry, NamePath path) {
    switch (entry) {
      case Fixed(Ref ref, boolean isGiven) -> {
        if (isGiven) {
          trace.found(path.toString(), ref);
        }
      }
      case Delayed delayed -> {
        if (delayed.isGiven()) {
          trace.found(path.toString(), delayed.thunk);
        }
      }
      case Directory directory -> {
        Ref given = directory.given();
        if (given != null) {
          trace.found(path.toString(), given);
        } else if (path.equals(TMP_PATH)) {
          trace.absent(path.toString());
        }
      }
      case WrittenFile _ -> {}
    }
  }

  /// The names in a directory, in canonical order.
  public List<Name> list(NamePath path) {
    Entry found = locate(path);
    return switch (found) {
      case Fixed(Ref ref, boolean isGiven) when ref.kind() == Kind.TREE -> {
        if (isGiven) {
          trace.listed(path.toString(), ref);
        }
        yield namesOf(trees.get(blobs, ref), path);
      }
      case Directory directory -> {
        Ref given = directory.given();
        if (given != null) {
          trace.listed(path.toString(), given);
        } else {
          observe(directory, path);
        }
        List<Name> names = new ArrayList<>();
        directory.entries.forEach((name, entry) -> names.add(nameOf(name, entry)));
        yield names;
      }
      case Fixed _, WrittenFile _, Delayed _ -> {
        observe(found, path);
        throw new FileError(Errno.NOTDIR);
      }
    };
  }

  /// A name in a directory, and what kind of thing it is, as far as that is known without
  /// computing.
  ///
  /// @param number that of what the program made, else 0
  public record Name(String name, NameKind kind, long number) {}

  /// What a name leads to.
  public enum NameKind {
    FILE,
    DIRECTORY,
    UNKNOWN
  }

  private List<Name> namesOf(Tree tree, NamePath path) {
    List<Name> names = new ArrayList<>();
    boolean addTmp = path.isRoot() && tree.get(TMP) == null;
    for (Map.Entry<String, Ref> entry : tree.entries().entrySet()) {
      if (addTmp && Tree.NAME_ORDER.compare(entry.getKey(), TMP) > 0) {
        names.add(nameOf(TMP, tmp()));
        addTmp = false;
      }
      names.add(nameOf(entry.getKey(), Entry.of(entry.getValue(), true)));
    }
    if (addTmp) {
      names.add(nameOf(TMP, tmp()));
    }
    return names;
  }

  private static Name nameOf(String name, Entry entry) {
    return switch (entry) {
      case Fixed(Ref ref, _) ->
          new Name(name, ref.kind() == Kind.TREE ? NameKind.DIRECTORY : NameKind.FILE, 0);
      case Directory directory -> new Name(name, NameKind.DIRECTORY, directory.number());
      case WrittenFile file -> new Name(name, NameKind.FILE, file.number());
      case Delayed _ -> new Name(name, NameKind.UNKNOWN, 0);
    };
  }

  /// What stands at the first `count` names of a path, thunks included; null for nothing.
  @Nullable Entry walk(NamePath path, int count) {
    Entry current = new Fixed(base, true);
    for (int i = 0; i < count; i++) {
      NamePath here = prefix(path, i);
      current = child(force(current, here), here, path.names().get(i));
      if (current == null) {
        return null;
      }
    }
    return current;
  }

  private static NamePath prefix(NamePath path, int count) {
    return count == path.names().size() ? path : new NamePath(path.names().subList(0, count));
  }

  private @Nullable Entry child(Entry parent, NamePath parentPath, String name) {
    if (parentPath.isRoot() && name.equals(TMP)) {
      return tmp();
    }
    return switch (parent) {
      case Directory directory -> {
        Entry found = directory.entries.get(name);
        if (found == null && isUnknownToGiven(directory, parentPath, name)) {
          trace.absent(parentPath.child(name).toString());
        }
        yield found;
      }
      case Fixed(Ref ref, boolean isGiven) -> {
        if (ref.kind() != Kind.TREE) {
          throw notADirectory(parentPath, ref, isGiven);
        }
        Ref found = trees.get(blobs, ref).get(name);
        if (found == null) {
          if (isGiven) {
            trace.absent(parentPath.child(name).toString());
          }
          yield null;
        }
        yield found.kind() == Kind.THUNK
            ? givenThunks.computeIfAbsent(parentPath.child(name), _ -> new Delayed(found, null))
            : new Fixed(found, isGiven);
      }
      case WrittenFile _, Delayed _ -> throw new FileError(Errno.NOTDIR);
    };
  }

  private FileError notADirectory(NamePath path, Ref ref, boolean isGiven) {
    if (isGiven) {
      trace.found(path.toString(), ref);
    }
    return new FileError(Errno.NOTDIR);
  }

  static boolean isUnknownToGiven(Directory directory, NamePath path, String name) {
    Tree given = directory.givenTree();
    return given != null ? given.get(name) == null : path.equals(TMP_PATH);
  }

  /// The directory `/tmp`: what the namespace has there, or an empty directory.
  Entry tmp() {
    Entry current = tmp;
    if (current == null) {
      Ref given = trees.get(blobs, base).get(TMP);
      current = given == null ? new Directory(0) : Entry.of(given, true);
      tmp = current;
    }
    return current;
  }

  boolean isTmpTouched() {
    return tmp != null;
  }

  /// `/tmp` as a directory that can be changed.
  ///
  /// @throws FileError NOTDIR when the namespace has something else there
  Directory ownTmp() {
    Entry there = force(tmp(), TMP_PATH);
    observe(there, TMP_PATH);
    Directory own = own(there);
    tmp = own;
    return own;
  }

  /// A directory as one that can be changed.
  Directory own(Entry entry) {
    return switch (entry) {
      case Directory directory -> directory;
      case Fixed(Ref ref, boolean isGiven) when ref.kind() == Kind.TREE ->
          new Directory(ref, trees.get(blobs, ref), isGiven);
      case Fixed _, WrittenFile _, Delayed _ -> throw new FileError(Errno.NOTDIR);
    };
  }

  /// The value of an entry that may be a thunk; waits for it.
  Entry force(Entry entry, NamePath path) {
    if (!(entry instanceof Delayed delayed)) {
      return entry;
    }
    Thunks.Value value = delayed.value;
    boolean isFirst = value == null;
    if (value == null) {
      awaited = path;
      value = thunks.await(delayed.promise(thunks, base));
      delayed.value = value;
    }
    return switch (value) {
      case Thunks.Computed(var key, Ref output) -> {
        trace.computed(path.toString(), key, output);
        yield new Fixed(output, false);
      }
      case Thunks.Failed(var key, String reason) -> {
        trace.failed(path.toString(), key);
        if (isFirst) {
          diagnostics.line(path + ": " + reason);
        }
        throw new FileError(Errno.IO);
      }
    };
  }

  /// Whether the program itself has made what stands at a name in `/tmp`.
  public boolean isMadeInTmp(String name) {
    if (!(tmp instanceof Directory own)) {
      return false;
    }
    return switch (own.entries.get(name)) {
      case WrittenFile _ -> true;
      case Directory directory -> directory.given() == null;
      case Fixed(_, boolean isGiven) -> !isGiven;
      case Delayed delayed -> !delayed.isGiven();
      case null -> false;
    };
  }

  /// What stands at a path now, to be evaluated later. Nothing is computed for it.
  public Source capture(NamePath path) {
    if (!path.startsWith(TMP_PATH)) {
      return path.isRoot() && isTmpTouched()
          ? new Source.Stored(snapshot(), snapshot())
          : new Source.At(base, path);
    }
    Entry current = tmp();
    for (int i = 1; i < path.names().size(); i++) {
      if (current instanceof Delayed delayed) {
        return new Source.Promised(
            delayed.promise(thunks, base), path.names().subList(i, path.names().size()));
      }
      try {
        current = child(current, prefix(path, i), path.names().get(i));
      } catch (FileError _) {
        return new Source.Missing("is not a directory");
      }
      if (current == null) {
        return new Source.Missing("is not there");
      }
    }
    return captured(current);
  }

  private Source captured(Entry entry) {
    return switch (entry) {
      case Fixed(Ref ref, _) -> new Source.Stored(ref, base);
      case WrittenFile file -> new Source.Stored(file.finish(), base);
      case Delayed delayed -> new Source.Promised(delayed.promise(thunks, base), List.of());
      case Directory directory -> {
        TreeMap<String, Source> entries = new TreeMap<>(Tree.NAME_ORDER);
        directory.entries.forEach((name, child) -> entries.put(name, captured(child)));
        yield new Source.Made(entries);
      }
    };
  }

  /// The namespace as it is now, `/tmp` included; what is bound stays a thunk.
  public Ref snapshot() {
    Entry current = tmp;
    if (current == null || current instanceof Fixed) {
      return base;
    }
    Map<String, Ref> entries = new HashMap<>(trees.get(blobs, base).entries());
    entries.put(TMP, refOf(current));
    return store(entries);
  }

  private Ref refOf(Entry entry) {
    return switch (entry) {
      case Fixed(Ref ref, _) -> ref;
      case Delayed delayed -> delayed.thunk;
      case WrittenFile file -> file.finish();
      case Directory directory -> {
        Map<String, Ref> entries = new HashMap<>();
        directory.entries.forEach((name, child) -> entries.put(name, refOf(child)));
        yield store(entries);
      }
    };
  }

  private Ref store(Map<String, Ref> entries) {
    var encoding = Tree.of(entries).encode();
    blobs.put(List.of(encoding));
    encodedBytes += encoding.length();
    return Tree.refOf(encoding);
  }
}
