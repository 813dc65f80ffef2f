package io.kogluktualuk.computenode.vm.module;

import org.jspecify.annotations.Nullable;

/// A declared global variable and its value at the start.
///
/// @param initial null when it is imported
public record GlobalType(ValueType type, boolean mutable, @Nullable Constant initial)
    implements SharedType {

  @Override
  public boolean fits(long sizeNow, SharedType wanted) {
    return wanted instanceof GlobalType(ValueType other, boolean changes, _)
        && other == type
        && changes == mutable;
  }

  @Override
  public String kind() {
    return "global";
  }

  @Override
  public String toString() {
    String name = type.name().toLowerCase(java.util.Locale.ROOT);
    return mutable ? "a global " + name + " that changes" : "a constant " + name;
  }
}
