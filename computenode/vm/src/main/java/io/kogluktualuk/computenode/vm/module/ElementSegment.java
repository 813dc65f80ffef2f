package io.kogluktualuk.computenode.vm.module;

import org.jspecify.annotations.Nullable;

/// References that go to a table.
///
/// @param table the table of an active segment
/// @param offset where an active segment goes, null for others
/// @param type of the references
/// @param functions indices of functions, [#NULL] for a null reference, [#ofGlobal] for what an
///     imported global holds; never to be changed
public record ElementSegment(
    SegmentMode mode, int table, ValueType type, @Nullable Constant offset, int[] functions) {

  public static final int NULL = -1;

  /// Stands for the value of a global; [#globalOf] gives the global's index again.
  public static int ofGlobal(int global) {
    return NULL - 1 - global;
  }

  public static int globalOf(int item) {
    return NULL - 1 - item;
  }
}
