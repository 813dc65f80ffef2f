package io.kogluktualuk.computenode.vm.compile;

import java.util.BitSet;
import java.util.SortedSet;

/// Statements of a large function that get a method of their own.
///
/// @param number of the chunk in its function
/// @param start position of the first instruction
/// @param end position behind the last
/// @param fallsThrough whether what stands behind may be reached from its end
/// @param used variables that it reads or writes
/// @param written variables that it writes
/// @param exits the open constructs that it branches to, counted from the outermost: 0 is the
///     function itself
record Chunk(
    int number,
    int start,
    int end,
    boolean fallsThrough,
    BitSet used,
    BitSet written,
    SortedSet<Integer> exits) {

  int length() {
    return end - start;
  }
}
