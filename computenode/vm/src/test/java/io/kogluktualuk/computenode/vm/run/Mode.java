package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.compile.ModuleCompiler;
import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.ModuleDecoder;

/// The ways of running a module that must not differ.
enum Mode {
  COMPILED,
  /// Each function cut into methods of a few instructions.
  CHUNKED,
  REFERENCE;

  private static final int TINY = 100;

  CompiledModule compile(byte[] wasm) {
    Engine engine = this == REFERENCE ? Engine.REFERENCE : Engine.COMPILER;
    CompiledModule module = Vm.open(VmSettings.defaults().withEngine(engine)).compile(wasm);
    if (this != CHUNKED) {
      return module;
    }
    DecodedModule decoded = ModuleDecoder.decode(wasm, wasm.length);
    return new CompiledModule(
        module.hash(),
        decoded.shape(),
        new MachineCode(decoded, ModuleCompiler.compile(decoded, TINY)));
  }
}
