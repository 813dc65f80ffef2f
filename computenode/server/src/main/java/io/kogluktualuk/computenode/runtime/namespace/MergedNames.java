package io.kogluktualuk.computenode.runtime.namespace;

import io.kogluktualuk.computenode.runtime.namespace.GuestTree.Name;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Tree;
import io.kogluktualuk.fabric.blob.TreeView;
import io.kogluktualuk.fabric.transaction.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The names in a wide directory that a program has changed, as they were at one moment, in parts.
/// The program has observed the directory when it changed it, so nothing is observed here.
///
/// **Threading:** the guest's thread. **Memory:** what has been changed, and the names of one part.
final class MergedNames implements Listing.Parts {

  private final TreeView tree;

  /// Which names are other than the directory's, in canonical order.
  private final List<Change> changes;

  private List<Map.Entry<String, Ref>> part = List.of();
  private int inPart;
  private long partEnd;
  private int inChanges;
  private long position;

  /// @param now what the name leads to; none when it is gone
  private record Change(String name, Optional<Name> now) {}

  private MergedNames(TreeView tree, List<Change> changes) {
    this.tree = tree;
    this.changes = changes;
  }

  /// The names in a directory.
  ///
  /// @param tree its base
  static Listing list(TreeView tree, Directory directory) {
    List<Change> changes = new ArrayList<>();
    directory
        .changes()
        .forEach(
            (name, change) ->
                changes.add(new Change(name, change.map(entry -> GuestTree.nameOf(name, entry)))));
    MergedNames merged = new MergedNames(tree, changes);
    return Listing.of(merged, merged.read(0), changes.size());
  }

  @Override
  public List<Name> read(long from) {
    if (from < position) {
      rewind();
    }
    List<Name> names = new ArrayList<>();
    while (names.size() < Trace.PART_NAMES) {
      Name next = next();
      if (next == null) {
        break;
      }
      if (position++ >= from) {
        names.add(next);
      }
    }
    return names;
  }

  private void rewind() {
    part = List.of();
    inPart = 0;
    partEnd = 0;
    inChanges = 0;
    position = 0;
  }

  /// The next name; null at the end.
  private @Nullable Name next() {
    while (true) {
      Map.Entry<String, Ref> entry = entry();
      Change change = inChanges < changes.size() ? changes.get(inChanges) : null;
      if (change == null) {
        if (entry == null) {
          return null;
        }
        inPart++;
        return GuestTree.nameOf(entry.getKey(), Entry.of(entry.getValue(), null, true));
      }
      int order = entry == null ? 1 : Tree.NAME_ORDER.compare(entry.getKey(), change.name);
      if (entry != null && order < 0) {
        inPart++;
        return GuestTree.nameOf(entry.getKey(), Entry.of(entry.getValue(), null, true));
      }
      inChanges++;
      if (order == 0) {
        inPart++;
      }
      if (change.now.isPresent()) {
        return change.now.get();
      }
    }
  }

  /// The directory's own entry that is next; null at its end.
  private Map.@Nullable Entry<String, Ref> entry() {
    if (inPart == part.size()) {
      part = tree.part(partEnd, Trace.PART_NAMES);
      partEnd += part.size();
      inPart = 0;
    }
    return part.isEmpty() ? null : part.get(inPart);
  }
}
