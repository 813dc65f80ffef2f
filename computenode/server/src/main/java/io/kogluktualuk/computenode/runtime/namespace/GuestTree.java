package io.kogluktualuk.computenode.runtime.namespace;

import io.kogluktualuk.computenode.runtime.namespace.Entry.Delayed;
import io.kogluktualuk.computenode.runtime.namespace.Entry.Fixed;
import io.kogluktualuk.computenode.runtime.tracking.Diagnostics;
import io.kogluktualuk.computenode.runtime.tracking.TraceRecorder;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Tree;
import io.kogluktualuk.fabric.blob.TreeView;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.transaction.Trace;
import io.kogluktualuk.fabric.transaction.Trace.Place;
import io.kogluktualuk.fabric.transaction.Trace.Sort;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The files of one transaction: its namespace, and over it the directory `/tmp` that it may
/// change.
///
/// Finding a path computes the thunks on the way and the one at its end, and waits for them. Below
/// `/tmp` the namespace's own `/tmp` is seen until it is changed; changing a directory copies it,
/// or lays the changes over it if it is wide, and the namespace never changes.
///
/// This is the only door to the namespace, and whatever passes it is in the trace first: each name
/// that is looked up, in the namespace or in what was computed, with what it led to; lengths,
/// contents and listings when they are asked for. What a program changes it is taken to know to
/// the last bit.
///
/// **Threading:** the guest's thread. **Memory:** what was written, and the directories on the
/// way.
public final class GuestTree {

  /// The name of the directory that the program may change.
  public static final String TMP = "tmp";

  static final NamePath TMP_PATH = NamePath.ROOT.child(TMP);

  private final Given given;
  private final TraceRecorder trace;
  private final Diagnostics diagnostics;
  private final Map<Place, Delayed> givenThunks = new HashMap<>();
  private final Map<Ref, Delayed> knownThunks = new HashMap<>();
  private @Nullable Entry tmp;
  private NamePath awaited = NamePath.ROOT;

  public GuestTree(Given given, TraceRecorder trace, Diagnostics diagnostics) {
    this.given = given;
    this.trace = trace;
    this.diagnostics = diagnostics;
  }

  public Given given() {
    return given;
  }

  public BlobStore blobs() {
    return given.blobs();
  }

  /// The path of the thunk that was waited for last.
  public NamePath awaited() {
    return awaited;
  }

  /// What stands at a path: a value, a written file or a directory, never a thunk.
  ///
  /// Of a file only that it is one has then been observed, and the same of a directory.
  ///
  /// @throws FileError NOENT, NOTDIR, or IO when a thunk could not be computed
  public Entry find(NamePath path) {
    Entry found = walk(path, path.names().size());
    if (found == null) {
      throw new FileError(Errno.NOENT);
    }
    return force(found, path);
  }

  /// All of a value: an observation.
  public Ref content(Fixed fixed) {
    if (fixed.place != null) {
      trace.opened(fixed.place, fixed.ref);
    }
    return fixed.ref;
  }

  /// The length of a file: an observation.
  public long length(Fixed fixed) {
    if (fixed.place != null) {
      trace.measured(fixed.place, fixed.ref.length());
    }
    return fixed.ref.length();
  }

  /// The names in a directory, in canonical order. Reading them is an observation.
  public Listing list(NamePath path) {
    return switch (find(path)) {
      case Fixed fixed when fixed.isDirectory() -> {
        TreeView tree = given.tree(fixed.ref);
        if (tree.size() > Trace.PART_NAMES) {
          yield wide(tree, fixed.place, path);
        }
        if (fixed.place != null) {
          trace.listed(fixed.place, tree);
        }
        yield Listing.of(namesOf(tree, path));
      }
      case Directory directory -> {
        Directory.Base base = directory.base();
        if (base != null) {
          yield MergedNames.list(base.tree(), directory);
        }
        List<Name> names = new ArrayList<>();
        directory.forEach((name, entry) -> names.add(nameOf(name, entry)));
        yield Listing.of(names);
      }
      case Fixed _, WrittenFile _, Delayed _ -> throw new FileError(Errno.NOTDIR);
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

  /// Names of a directory that are read in parts, each an observation.
  private Listing wide(TreeView tree, @Nullable Place place, NamePath path) {
    Listing.Parts parts = from -> part(tree, place, from);
    List<Name> first = parts.read(0);
    // Asked in any case: what is asked does not depend on what has not been answered.
    Name own = path.isRoot() ? nameOf(TMP, tmp()) : null;
    return Listing.of(parts, first, own == null || tree.get(TMP) != null ? null : own);
  }

  private List<Name> part(TreeView tree, @Nullable Place place, long from) {
    List<Map.Entry<String, Ref>> part = tree.part(from, Trace.PART_NAMES);
    if (place != null) {
      trace.listed(Trace.ListedPart.of(place, from, part));
    }
    List<Name> names = new ArrayList<>(part.size());
    part.forEach(
        entry -> names.add(nameOf(entry.getKey(), Entry.of(entry.getValue(), null, true))));
    return names;
  }

  private List<Name> namesOf(TreeView tree, NamePath path) {
    List<Name> names = new ArrayList<>();
    boolean addTmp = path.isRoot() && tree.get(TMP) == null;
    for (Map.Entry<String, Ref> entry : tree) {
      if (addTmp && Tree.NAME_ORDER.compare(entry.getKey(), TMP) > 0) {
        names.add(nameOf(TMP, tmp()));
        addTmp = false;
      }
      names.add(nameOf(entry.getKey(), Entry.of(entry.getValue(), null, true)));
    }
    if (addTmp) {
      names.add(nameOf(TMP, tmp()));
    }
    return names;
  }

  static Name nameOf(String name, Entry entry) {
    return switch (entry) {
      case Fixed fixed ->
          new Name(name, fixed.isDirectory() ? NameKind.DIRECTORY : NameKind.FILE, 0);
      case Directory directory -> new Name(name, NameKind.DIRECTORY, directory.number());
      case WrittenFile file -> new Name(name, NameKind.FILE, file.number());
      case Delayed _ -> new Name(name, NameKind.UNKNOWN, 0);
    };
  }

  /// What stands at the first `count` names of a path, thunks included; null for nothing.
  @Nullable Entry walk(NamePath path, int count) {
    Entry current = new Fixed(given.root(), Place.ROOT, true);
    for (int i = 0; i < count; i++) {
      NamePath here = path.prefix(i);
      current = child(force(current, here), here, path.names().get(i));
      if (current == null) {
        return null;
      }
    }
    return current;
  }

  @Nullable Entry child(Entry parent, NamePath parentPath, String name) {
    if (parentPath.isRoot() && name.equals(TMP)) {
      return tmp();
    }
    return switch (parent) {
      case Directory directory -> directory.get(name);
      case Fixed fixed when fixed.isDirectory() -> look(fixed, name);
      case Fixed _, WrittenFile _, Delayed _ -> throw new FileError(Errno.NOTDIR);
    };
  }

  private @Nullable Entry look(Fixed directory, String name) {
    Ref found = given.tree(directory.ref).get(name);
    Place place = directory.place == null ? null : directory.place.child(name);
    if (place != null) {
      trace.looked(place, Sort.of(found));
    }
    return found == null ? null : entry(found, place, directory.isGiven);
  }

  /// A thunk that is met again is the same one.
  private Entry entry(Ref found, @Nullable Place place, boolean isGiven) {
    Entry entry = Entry.of(found, place, isGiven);
    if (!(entry instanceof Delayed fresh)) {
      return entry;
    }
    return place == null
        ? knownThunks.computeIfAbsent(found, _ -> fresh)
        : givenThunks.computeIfAbsent(place, _ -> fresh);
  }

  /// The directory `/tmp`: what the namespace has there, or an empty directory.
  Entry tmp() {
    Entry current = tmp;
    if (current == null) {
      Ref found = given.tree(given.root()).get(TMP);
      Place place = Place.ROOT.child(TMP);
      trace.looked(place, Sort.of(found));
      current = found == null ? new Directory(0) : entry(found, place, true);
      tmp = current;
    }
    return current;
  }

  /// `/tmp` as the program has changed it; null while it has not.
  @Nullable Directory changedTmp() {
    return tmp instanceof Directory own ? own : null;
  }

  /// `/tmp` as a directory that can be changed.
  ///
  /// @throws FileError NOTDIR when the namespace has something else there
  Directory ownTmp() {
    Directory own = own(force(tmp(), TMP_PATH));
    tmp = own;
    return own;
  }

  /// A directory as one that can be changed.
  Directory own(Entry entry) {
    return switch (entry) {
      case Directory directory -> directory;
      case Fixed fixed when fixed.isDirectory() -> {
        Ref ref = content(fixed);
        yield Directory.of(ref, given.tree(ref), fixed.isGiven);
      }
      case Fixed _, WrittenFile _, Delayed _ -> throw new FileError(Errno.NOTDIR);
    };
  }

  /// The value of an entry that may be a thunk; waits for it.
  Entry force(Entry entry, NamePath path) {
    if (!(entry instanceof Delayed delayed)) {
      return entry;
    }
    Place place = begin(delayed, path);
    Thunks.Value value = delayed.value;
    if (value == null) {
      awaited = path;
      value = given.thunks().await(Objects.requireNonNull(delayed.promise));
      delayed.value = value;
      observe(value, place, path);
    }
    return switch (value) {
      case Thunks.Computed(_, Ref output) -> new Fixed(output, place, false);
      case Thunks.Failed _ -> throw new FileError(Errno.IO);
    };
  }

  private void observe(Thunks.Value value, Place place, NamePath path) {
    switch (value) {
      case Thunks.Computed(var key, Ref output) -> trace.computed(place, key, output);
      case Thunks.Failed(var key, String reason) -> {
        trace.failed(place, key, reason);
        diagnostics.line(path + ": " + reason);
      }
    }
  }

  /// Begins a thunk, unless it has begun; says where the trace has its output.
  Place begin(Delayed delayed, NamePath path) {
    Place place = delayed.place;
    if (place == null) {
      // Known to the last bit, and now of interest for what it comes to.
      Ref thunk = delayed.thunk(blobs());
      place = Place.ofOutput(trace.bound(path, thunk, Trace.Base.UNCHANGED));
      delayed.place = place;
      delayed.promise = given.bind(thunk, Trace.Base.UNCHANGED);
    } else if (delayed.promise == null) {
      delayed.promise = given.start(delayed.thunk(blobs()));
    }
    return place;
  }

  /// Whether the program itself has made what stands at a name in `/tmp`.
  public boolean isMadeInTmp(String name) {
    Directory own = changedTmp();
    if (own == null) {
      return false;
    }
    return switch (own.get(name)) {
      case WrittenFile _ -> true;
      case Directory directory -> !directory.isGiven();
      case Fixed fixed -> !fixed.isGiven;
      case Delayed delayed -> !delayed.isGiven();
      case null -> false;
    };
  }
}
