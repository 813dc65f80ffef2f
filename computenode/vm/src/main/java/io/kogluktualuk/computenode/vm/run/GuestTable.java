package io.kogluktualuk.computenode.vm.run;

import run.endive.runtime.Instance;
import run.endive.runtime.TableInstance;
import run.endive.wasm.types.Table;

/// A table that keeps growing within bounds: the engine's own overflows its size.
final class GuestTable extends TableInstance {

  GuestTable(Table table, int initial) {
    super(table, initial);
  }

  @Override
  public int grow(int more, int value, Instance instance) {
    return more < 0 || more > limits().max() - size() ? -1 : super.grow(more, value, instance);
  }
}
