package io.kogluktualuk.computenode.vm.compile;

import java.util.ArrayList;
import java.util.List;

/// The body of a construct, or one arm of an `if`: a sequence of statements.
///
/// **Threading:** one thread, while chunks are planned.
final class Region {

  /// How many constructs are open in it, the function included.
  final int depth;

  final List<Statement> statements = new ArrayList<>();
  private List<Region> inner = new ArrayList<>();
  private final boolean clean;
  private int start;
  private int sizeOfStatement;
  private int size;
  private int rest;

  /// @param clean whether it begins without operands, which it does but for parameters
  Region(int depth, int start, boolean clean) {
    this.depth = depth;
    this.clean = clean;
    this.start = start;
  }

  void add(int bytes) {
    sizeOfStatement += bytes;
  }

  void add(Region body) {
    inner.add(body);
    sizeOfStatement += body.size();
  }

  /// A statement ends here.
  void cut(int position, boolean open, boolean neutral) {
    if (position > start) {
      boolean movable = neutral && (clean || !statements.isEmpty());
      statements.add(new Statement(start, position, sizeOfStatement, open, movable, inner));
      size += sizeOfStatement;
      inner = new ArrayList<>();
      start = position;
      sizeOfStatement = 0;
    }
  }

  int size() {
    return size;
  }

  /// What of it is still where it was, as of the last [#settle].
  int rest() {
    return rest;
  }

  void settle() {
    rest = statements.stream().mapToInt(Statement::rest).sum();
  }
}
