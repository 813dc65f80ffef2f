package io.kogluktualuk.computenode.vm.run;

import org.jspecify.annotations.Nullable;
import run.endive.runtime.Instance;
import run.endive.runtime.TableInstance;
import run.endive.wasm.types.Table;

/// A table that keeps growing within bounds: the engine's own overflows its size.
final class ReferenceTable extends TableInstance {

  ReferenceTable(Table table, int initial) {
    super(table, initial);
  }

  @Override
  public int grow(int more, int value, Instance instance) {
    return fits(more) ? super.grow(more, value, instance) : -1;
  }

  @Override
  public int growWithRef(int more, @Nullable Object reference, Instance instance) {
    return fits(more) ? super.growWithRef(more, reference, instance) : -1;
  }

  private boolean fits(int more) {
    return more >= 0 && more <= limits().max() - size();
  }
}
