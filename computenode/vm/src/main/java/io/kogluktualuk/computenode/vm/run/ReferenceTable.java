package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.module.TableType;
import io.kogluktualuk.computenode.vm.module.ValueType;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.Instance;
import run.endive.runtime.TableInstance;
import run.endive.wasm.UninstantiableException;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.types.Table;
import run.endive.wasm.types.TableLimits;
import run.endive.wasm.types.ValType;

/// A table as one guest in the reference engine sees it; what is in it others may see as well.
///
/// **Threading:** the guest's thread.
final class ReferenceTable extends TableInstance {

  private final io.kogluktualuk.computenode.vm.machine.Table shared;
  private final ReferenceGuest<?> guest;

  ReferenceTable(
      TableType type,
      io.kogluktualuk.computenode.vm.machine.Table shared,
      ReferenceGuest<?> guest) {
    super(new Table(elementOf(type), new TableLimits(0, 0)), ReferenceFunctions.NULL);
    this.shared = shared;
    this.guest = guest;
  }

  private static ValType elementOf(TableType type) {
    return type.element() == ValueType.FUNCREF ? ValType.FuncRef : ValType.ExternRef;
  }

  @Override
  public int size() {
    return shared.size();
  }

  @Override
  public TableLimits limits() {
    return new TableLimits(shared.size(), shared.maximum());
  }

  private boolean isOutside(int index) {
    return index < 0 || index >= shared.size();
  }

  @Override
  public int grow(int more, int value, @Nullable Instance instance) {
    return shared.grow(guest.reference(value), more);
  }

  @Override
  public int growWithRef(int more, @Nullable Object reference, @Nullable Instance instance) {
    return shared.grow(reference, more);
  }

  @Override
  public int ref(int index) {
    if (isOutside(index)) {
      throw new WasmEngineException("undefined element");
    }
    return guest.number(shared.get(index));
  }

  /// Whom an indirect call means; the engine looks for it in the guest.
  @Override
  public int requiredRef(int index) {
    if (isOutside(index)) {
      throw new WasmEngineException("undefined element");
    }
    ReferenceFunction found = (ReferenceFunction) shared.get(index);
    if (found == null) {
      throw new WasmEngineException("uninitialized element " + index);
    }
    return found.owner() == guest ? found.index() : guest.standInFor(found);
  }

  @Override
  public @Nullable Object objRef(int index) {
    if (isOutside(index)) {
      throw new WasmEngineException("out of bounds table access");
    }
    return shared.get(index);
  }

  @Override
  public void setRef(int index, int value, @Nullable Instance instance) {
    set(index, guest.reference(value));
  }

  @Override
  public void setObjRef(int index, @Nullable Object reference, @Nullable Instance instance) {
    set(index, reference);
  }

  private void set(int index, @Nullable Object reference) {
    if (isOutside(index)) {
      throw new UninstantiableException("out of bounds table access");
    }
    shared.set(index, reference);
  }

  @Override
  public @Nullable Instance instance(int index) {
    return null;
  }

  @Override
  public void reset() {
    for (int i = 0; i < shared.size(); i++) {
      shared.set(i, null);
    }
  }
}
