package io.kogluktualuk.computenode.runtime.namespace;

import io.kogluktualuk.computenode.runtime.namespace.Entry.Delayed;
import io.kogluktualuk.computenode.runtime.namespace.Entry.Fixed;
import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.PutBatch;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Tree;
import io.kogluktualuk.fabric.blob.TreeBuilder;
import io.kogluktualuk.fabric.blob.TreeEdit;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.transaction.Capture;
import io.kogluktualuk.fabric.transaction.Trace;
import io.kogluktualuk.fabric.transaction.Trace.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Says where the values at paths come from, as they are now, to be computed later. Nothing is
/// computed for it.
///
/// **Threading:** the guest's thread.
public final class Captures {

  private final GuestTree tree;
  private long encodedBytes;

  public Captures(GuestTree tree) {
    this.tree = tree;
  }

  /// Bytes of trees made for namespaces so far: their maker is charged for them.
  public long encodedBytes() {
    return encodedBytes;
  }

  /// What stands at a path now.
  public Capture at(NamePath path) {
    if (path.isRoot()) {
      return tree.changedTmp() == null ? new Capture.At(path) : new Capture.Root(base());
    }
    if (!path.startsWith(GuestTree.TMP_PATH) || !(tree.tmp() instanceof Directory own)) {
      return new Capture.At(path);
    }
    return below(own, path);
  }

  private Capture below(Directory own, NamePath path) {
    Entry current = own;
    for (int i = 1; i < path.names().size(); i++) {
      NamePath here = path.prefix(i);
      if (current instanceof Delayed delayed) {
        return delayed(delayed, here, path.names().subList(i, path.names().size()));
      }
      Entry next;
      try {
        next = tree.child(current, here, path.names().get(i));
      } catch (FileError _) {
        return new Capture.Missing("is not a directory");
      }
      if (next == null) {
        return new Capture.Missing("is not there");
      }
      current = next;
    }
    return captured(current, path);
  }

  private Capture delayed(Delayed delayed, NamePath path, List<String> below) {
    Place place = tree.begin(delayed, path);
    List<String> names = new ArrayList<>(place.path().names());
    names.addAll(below);
    NamePath whole = new NamePath(names);
    return place.origin() == 0 ? new Capture.At(whole) : new Capture.Output(place.origin(), whole);
  }

  /// @param path of a thunk or a directory
  private Capture captured(Entry entry, NamePath path) {
    return switch (entry) {
      case Fixed fixed -> new Capture.Stored(tree.content(fixed));
      case WrittenFile file -> new Capture.Stored(file.finish());
      case Delayed delayed -> delayed(delayed, path, List.of());
      case Directory directory -> {
        Directory.Base base = directory.base();
        if (base != null) {
          TreeMap<String, Optional<Capture>> changes = new TreeMap<>(Tree.NAME_ORDER);
          directory
              .changes()
              .forEach(
                  (name, change) ->
                      changes.put(name, change.map(child -> captured(child, path, name))));
          yield new Capture.Changed(base.ref(), changes);
        }
        TreeMap<String, Capture> entries = new TreeMap<>(Tree.NAME_ORDER);
        directory.forEach((name, child) -> entries.put(name, captured(child, path, name)));
        yield new Capture.Made(entries);
      }
    };
  }

  private Capture captured(Entry entry, NamePath parent, String name) {
    return switch (entry) {
      case Fixed _, WrittenFile _ -> captured(entry, parent);
      case Delayed _, Directory _ -> captured(entry, parent.child(name));
    };
  }

  /// The namespace as it is now, `/tmp` included; what is bound stays a thunk.
  public Trace.Base base() {
    Directory own = tree.changedTmp();
    if (own == null) {
      return Trace.Base.UNCHANGED;
    }
    Ref tmp = refOf(own);
    long bytes = tree.given().bytesWith(tmp);
    encodedBytes += bytes;
    return new Trace.Base(tmp, bytes);
  }

  private Ref refOf(Entry entry) {
    return switch (entry) {
      case Fixed fixed -> tree.content(fixed);
      case Delayed delayed -> delayed.thunk(tree.blobs());
      case WrittenFile file -> file.finish();
      case Directory directory -> {
        PutBatch batch = new PutBatch(tree.blobs());
        Ref made =
            write(
                directory,
                piece -> {
                  encodedBytes += piece.length();
                  batch.accept(piece);
                });
        batch.flush();
        yield made;
      }
    };
  }

  /// @param sink gets the pieces that are made, not those that a wide directory keeps
  private Ref write(Directory directory, Consumer<Blob> sink) {
    Directory.Base base = directory.base();
    if (base != null) {
      Map<String, Optional<Ref>> changes = new HashMap<>();
      directory.changes().forEach((name, change) -> changes.put(name, change.map(this::refOf)));
      return TreeEdit.apply(tree.given().pieces(), base.ref(), changes, sink);
    }
    Map<String, Ref> entries = new HashMap<>();
    directory.forEach((name, child) -> entries.put(name, refOf(child)));
    return TreeBuilder.write(entries, sink);
  }
}
