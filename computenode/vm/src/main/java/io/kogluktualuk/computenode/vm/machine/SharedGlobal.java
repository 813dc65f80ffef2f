package io.kogluktualuk.computenode.vm.machine;

import org.jspecify.annotations.Nullable;

/// A global variable that several instances see.
///
/// A number is in [#bits], a vector's upper half in [#upper], a reference in [#reference].
///
/// **Threading:** the guest's thread.
public abstract class SharedGlobal {

  public abstract long bits();

  public abstract void setBits(long value);

  public abstract long upper();

  public abstract void setUpper(long value);

  public abstract @Nullable Object reference();

  public abstract void setReference(@Nullable Object value);
}
