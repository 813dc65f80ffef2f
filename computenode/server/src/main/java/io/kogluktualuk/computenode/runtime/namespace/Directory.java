package io.kogluktualuk.computenode.runtime.namespace;

import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Tree;
import io.kogluktualuk.fabric.blob.TreeView;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A directory that can be changed: one that the program has made, a copy of one that was there,
/// or what it has changed of a wide one, which is not copied.
///
/// **Threading:** the guest's thread. **Memory:** the entries of a directory in one piece; of a
/// wide one those that were changed.
public final class Directory implements Entry {

  private final long number;
  private final @Nullable Base base;

  /// What names lead to, over the base; none for one that is gone from there.
  private final Map<String, Optional<Entry>> changes = new HashMap<>();

  /// The same in canonical order, from when somebody first asks for that on.
  private @Nullable NavigableMap<String, Optional<Entry>> ordered;

  private boolean isGiven;

  /// How many changeable directories stand below one another in it, at most.
  int height;

  /// A wide directory that is not copied.
  ///
  /// @param isGiven whether its entries are where the namespace has them
  record Base(Ref ref, TreeView tree, boolean isGiven) {}

  private Directory(long number, @Nullable Base base) {
    this.number = number;
    this.base = base;
  }

  /// A new, empty one.
  ///
  /// @param number tells it from all others that the program makes
  Directory(long number) {
    this(number, null);
  }

  /// What can be changed in place of a tree that the program knows all of.
  ///
  /// @param isGiven whether the namespace has it where it is
  static Directory of(Ref ref, TreeView tree, boolean isGiven) {
    Directory directory = new Directory(0, tree.isWide() ? new Base(ref, tree, isGiven) : null);
    directory.isGiven = isGiven;
    if (!tree.isWide()) {
      tree.forEach(
          entry -> directory.put(entry.getKey(), Entry.of(entry.getValue(), null, isGiven)));
    }
    return directory;
  }

  /// What a name leads to; null for nothing. A thunk that is met again is the same one.
  @Nullable Entry get(String name) {
    Optional<Entry> change = changes.get(name);
    if (change != null) {
      return change.orElse(null);
    }
    Ref found = base == null ? null : base.tree.get(name);
    if (base == null || found == null) {
      return null;
    }
    Entry entry = Entry.of(found, null, base.isGiven);
    if (entry instanceof Delayed) {
      put(name, entry);
    }
    return entry;
  }

  void put(String name, Entry entry) {
    change(name, Optional.of(entry));
  }

  private void change(String name, Optional<Entry> change) {
    changes.put(name, change);
    if (ordered != null) {
      ordered.put(name, change);
    }
  }

  /// @return whether that takes memory
  boolean remove(String name) {
    if (base != null && base.tree.get(name) != null) {
      change(name, Optional.empty());
      return true;
    }
    changes.remove(name);
    if (ordered != null) {
      ordered.remove(name);
    }
    return false;
  }

  /// The wide directory that this has changed; null when there is none.
  @Nullable Base base() {
    return base;
  }

  /// What has been changed of the base, by names in canonical order.
  NavigableMap<String, Optional<Entry>> changes() {
    return Collections.unmodifiableNavigableMap(inOrder());
  }

  private NavigableMap<String, Optional<Entry>> inOrder() {
    NavigableMap<String, Optional<Entry>> known = ordered;
    if (known == null) {
      known = new TreeMap<>(Tree.NAME_ORDER);
      known.putAll(changes);
      ordered = known;
    }
    return known;
  }

  /// All entries of a directory without a base, in canonical order.
  void forEach(BiConsumer<String, Entry> each) {
    inOrder().forEach((name, change) -> change.ifPresent(entry -> each.accept(name, entry)));
  }

  boolean isGiven() {
    return isGiven;
  }

  /// The same as one that the program has put where it is.
  Directory own() {
    isGiven = false;
    return this;
  }

  /// The number it was made with; 0 for one that was given.
  public long number() {
    return number;
  }
}
