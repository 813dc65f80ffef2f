package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.meter.Metering.Cell;
import run.endive.runtime.GlobalInstance;
import run.endive.wasm.types.MutabilityType;
import run.endive.wasm.types.ValType;

/// A cell of `Metering` as the engine's interpreter sees it: a global whose value is in the
/// cells.
final class CellGlobal extends GlobalInstance {

  private final Cell cell;
  private final ReferenceCells cells;

  @SuppressWarnings("deprecation") // The engine's builder cannot build subclasses.
  CellGlobal(Cell cell, ValType type, ReferenceCells cells) {
    super(0, 0, type, MutabilityType.Var);
    this.cell = cell;
    this.cells = cells;
  }

  @Override
  public long getValue() {
    return switch (cell) {
      case FUEL -> cells.fuel;
      case DEPTH -> cells.depth;
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
      case FUEL -> cells.fuel = value;
      case DEPTH -> cells.depth = (int) value;
      case REFUEL -> cells.refuel(value);
      case OVERFLOW -> cells.overflow(value);
      case ELEMENTS -> cells.chargeElements((int) value);
    }
  }

  @Override
  public void setValueLow(long value) {
    setValue(value);
  }
}
