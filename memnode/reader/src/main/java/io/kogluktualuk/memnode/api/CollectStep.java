package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// What a node is asked to do about what a collection would take. The order is that of their
/// numbers.
///
/// All nodes condemn before any collects: a node that still has what another has collected must
/// not take it for a copy that is missing there. See decision 0036.
public enum CollectStep {
  /// Say what would go, and change nothing.
  DRY_RUN,
  /// From now on repair leaves alone what would go. Answered by an empty page.
  CONDEMN,
  /// Let it go.
  COLLECT;

  static CollectStep read(CanonicalReader reader) {
    return values()[(int) reader.varint(values().length - 1, "the step of a collection")];
  }

  void write(CanonicalWriter writer) {
    writer.varint(ordinal());
  }
}
