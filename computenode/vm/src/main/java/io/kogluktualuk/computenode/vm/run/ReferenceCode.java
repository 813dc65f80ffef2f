package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.module.DecodedModule;
import run.endive.wasm.WasmModule;

/// A metered module as the reference engine has parsed it.
///
/// @param module before metering
record ReferenceCode(DecodedModule module, WasmModule metered) implements EngineCode {

  @Override
  public <C> EngineGuest prepare(Program<C> program, C context, int maximumPages, Meter meter) {
    Imported imported = Imported.ofHost(module.shape().imports(), program.functions());
    ReferenceCells cells = new ReferenceCells(meter);
    return new ReferenceGuest<>(
        this, imported, context, maximumPages, cells, new ReferenceFunctions());
  }

  @Override
  public <C> EngineGuest join(
      Imported imported, C context, int maximumPages, InstanceGroup<?> group) {
    return new ReferenceGuest<>(
        this, imported, context, maximumPages, group.cells(), group.functions());
  }
}
