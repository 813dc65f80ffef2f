package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// What a collection does with a blob, and why. The order is that of their numbers.
public enum Fate {
  /// A source that no root reaches, nobody holds, and that is older than the grace: it goes.
  COLLECT,
  /// Derived, neither held nor pinned: it stays until its room is needed.
  EVICTABLE,
  /// A root reaches it.
  PINNED,
  /// Somebody holds it.
  HELD,
  /// No root reaches it, but it was sealed, pinned or let go of less than the grace ago, or after
  /// the generation began.
  YOUNG;

  static Fate read(CanonicalReader reader) {
    return values()[(int) reader.varint(values().length - 1, "the fate of a blob")];
  }

  void write(CanonicalWriter writer) {
    writer.varint(ordinal());
  }
}
