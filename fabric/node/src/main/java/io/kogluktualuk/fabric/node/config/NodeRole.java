package io.kogluktualuk.fabric.node.config;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// What a node's process does: the section that its file has, and the keys that may stand in it.
public enum NodeRole {
  CONTROL(ControlKeys.ALL),
  MEMORY(MemoryKeys.ALL),
  COMPUTE(ComputeKeys.ALL);

  private final List<Key<?>> own;

  NodeRole(List<Key<?>> own) {
    this.own = own;
  }

  /// The section's name.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  List<Key<?>> keys() {
    return Stream.concat(Keys.SHARED.stream(), own.stream()).toList();
  }

  /// The keys of all roles: what a wrong one may have been meant to be.
  static List<Key<?>> everything() {
    return Stream.of(Keys.SHARED, ControlKeys.ALL, MemoryKeys.ALL, ComputeKeys.ALL)
        .flatMap(List::stream)
        .toList();
  }
}
