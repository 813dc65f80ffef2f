package io.kogluktualuk.fabric.blob;

import java.util.Locale;

/// What a hash stands for. The tags are part of every encoding and never change.
public enum Kind {
  /// Exact bytes, at most [Blob#LENGTH_MAX].
  BLOB(1),
  /// Longer content, as a [ContentList] of chunks.
  LIST(2),
  /// A directory: a [Tree].
  TREE(3),
  /// A value to be computed: a [io.kogluktualuk.fabric.namespace.Thunk].
  THUNK(4);

  private final int tag;

  Kind(int tag) {
    this.tag = tag;
  }

  public int tag() {
    return tag;
  }

  /// The word people write: `blob`, `list`, `tree`, `thunk`.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
