package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.machine.SharedGlobal;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.GlobalInstance;
import run.endive.wasm.types.MutabilityType;
import run.endive.wasm.types.ValType;

/// A global as one guest in the reference engine sees it; others may see it as well.
///
/// **Threading:** the guest's thread.
final class ReferenceGlobal extends GlobalInstance {

  private final SharedGlobal shared;
  private final ReferenceGuest<?> guest;

  @SuppressWarnings("deprecation") // The engine's builder cannot build subclasses.
  ReferenceGlobal(
      ValType type, MutabilityType mutability, SharedGlobal shared, ReferenceGuest<?> guest) {
    super(0, 0, type, mutability);
    this.shared = shared;
    this.guest = guest;
  }

  private boolean isFunction() {
    return getType().equals(ValType.FuncRef);
  }

  @Override
  public long getValueLow() {
    return isFunction() ? guest.number(shared.reference()) : shared.bits();
  }

  @Override
  public long getValue() {
    return getValueLow();
  }

  @Override
  public long getValueHigh() {
    return shared.upper();
  }

  @Override
  public void setValueLow(long value) {
    if (isFunction()) {
      shared.setReference(guest.reference((int) value));
    } else {
      shared.setBits(value);
    }
  }

  @Override
  public void setValue(long value) {
    setValueLow(value);
  }

  @Override
  public void setValueHigh(long value) {
    shared.setUpper(value);
  }

  @Override
  public @Nullable Object getRefValue() {
    return isFunction() ? null : shared.reference();
  }

  /// The engine says this of functions too, which it keeps as numbers.
  @Override
  public void setRefValue(@Nullable Object reference) {
    if (!isFunction()) {
      shared.setReference(reference);
    }
  }
}
