package io.kogluktualuk.computenode.vm.machine;

import org.jspecify.annotations.Nullable;

/// A shared global that is no instance's own.
///
/// **Threading:** the guest's thread.
public final class GlobalCell extends SharedGlobal {

  private long bits;
  private long upper;
  private @Nullable Object reference;

  @Override
  public long bits() {
    return bits;
  }

  @Override
  public void setBits(long value) {
    bits = value;
  }

  @Override
  public long upper() {
    return upper;
  }

  @Override
  public void setUpper(long value) {
    upper = value;
  }

  @Override
  public @Nullable Object reference() {
    return reference;
  }

  @Override
  public void setReference(@Nullable Object value) {
    reference = value;
  }
}
