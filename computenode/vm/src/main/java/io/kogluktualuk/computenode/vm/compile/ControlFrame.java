package io.kogluktualuk.computenode.vm.compile;

import io.kogluktualuk.computenode.vm.module.ValueType;
import java.lang.classfile.Label;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A block, loop, `if` or function body that is open while its code is compiled.
///
/// **Threading:** one thread, one method.
final class ControlFrame {

  enum Kind {
    /// Outside of the method: leaving it is an exit.
    OUTSIDE,
    BLOCK,
    LOOP,
    IF
  }

  final Kind kind;

  /// Where branches go: the head of a loop, the end of others.
  final Label target;

  final List<ValueType> parameters;
  final List<ValueType> results;

  /// Operands below those of this construct.
  final int base;

  /// Whether it is in code that is never reached.
  final boolean dead;

  /// Variables for the parameters of a loop.
  int[] loopSlots = {};

  /// Where an `if` goes on when its condition is zero, until that is bound.
  @Nullable Label otherwise;

  /// What was known of the memory before an `if`.
  boolean memoryKnownBefore;

  /// Whether a branch goes to the end, and what all of them know of the memory.
  boolean joined;

  boolean memoryKnownAtJoin = true;

  /// The same construct as a chunk in it sees it.
  ControlFrame fromOutside(Label unused) {
    return new ControlFrame(Kind.OUTSIDE, unused, List.of(), carried(), 0, false);
  }

  ControlFrame(
      Kind kind,
      Label target,
      List<ValueType> parameters,
      List<ValueType> results,
      int base,
      boolean dead) {
    this.kind = kind;
    this.target = target;
    this.parameters = parameters;
    this.results = results;
    this.base = base;
    this.dead = dead;
  }

  /// The types that a branch to this construct carries.
  List<ValueType> carried() {
    return kind == Kind.LOOP ? parameters : results;
  }

  void join(boolean memoryKnown) {
    joined = true;
    memoryKnownAtJoin &= memoryKnown;
  }
}
