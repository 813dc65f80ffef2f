package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.meter.Metering.Cell;
import run.endive.runtime.GlobalInstance;
import run.endive.wasm.types.MutabilityType;
import run.endive.wasm.types.ValType;

/// A cell of `Metering` as the engine's interpreter sees it: a global whose value is in the
/// memory.
final class CellGlobal extends GlobalInstance {

  private final Cell cell;
  private final ReferenceMemory memory;

  @SuppressWarnings("deprecation") // The engine's builder cannot build subclasses.
  CellGlobal(Cell cell, ValType type, ReferenceMemory memory) {
    super(0, 0, type, MutabilityType.Var);
    this.cell = cell;
    this.memory = memory;
  }

  @Override
  public long getValue() {
    return switch (cell) {
      case FUEL -> memory.fuel;
      case DEPTH -> memory.depth;
      case REFUEL, OVERFLOW, ELEMENTS -> 0;
    };
  }

  @Override
  public long getValueLow() {
    return getValue();
  }

  @Override
  public void setValue(long value) {
    switch (cell) {
      case FUEL -> memory.fuel = value;
      case DEPTH -> memory.depth = (int) value;
      case REFUEL -> memory.refuel(value);
      case OVERFLOW -> memory.overflow(value);
      case ELEMENTS -> memory.chargeElements((int) value);
    }
  }

  @Override
  public void setValueLow(long value) {
    setValue(value);
  }
}
