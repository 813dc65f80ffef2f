package io.kogluktualuk.computenode.vm.run;

import run.endive.wasm.WasmModule;

/// A metered module as the reference engine has parsed it.
///
/// @param globals how many globals the module had before metering added its own
record ReferenceCode(WasmModule module, int globals) implements EngineCode {

  @Override
  public <C> EngineGuest prepare(Program<C> program, C context, int maximumPages, Meter meter) {
    return new ReferenceGuest<>(this, program, context, maximumPages, meter);
  }
}
