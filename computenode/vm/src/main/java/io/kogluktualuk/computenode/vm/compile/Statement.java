package io.kogluktualuk.computenode.vm.compile;

import java.util.List;

/// A part of a construct that begins where the construct has no operands.
///
/// **Threading:** one thread, while chunks are planned.
final class Statement {

  final int start;
  final int end;

  /// Estimated bytes of bytecode, all within included.
  final int size;

  /// Whether the code behind may be reached from its end.
  final boolean open;

  /// Whether it leaves nothing on the stack, so that it can be moved.
  final boolean neutral;

  /// The bodies of constructs directly in it.
  final List<Region> inner;

  private boolean moved;
  private int restWhenMoved;

  Statement(int start, int end, int size, boolean open, boolean neutral, List<Region> inner) {
    this.start = start;
    this.end = end;
    this.size = size;
    this.open = open;
    this.neutral = neutral;
    this.inner = inner;
  }

  /// It goes to a chunk; `rest` of it stays.
  void move(int rest) {
    moved = true;
    restWhenMoved = rest;
  }

  boolean isMoved() {
    return moved;
  }

  /// What of it is still where it was.
  int rest() {
    if (moved) {
      return restWhenMoved;
    }
    int rest = size;
    for (Region region : inner) {
      rest += region.rest() - region.size();
    }
    return rest;
  }
}
