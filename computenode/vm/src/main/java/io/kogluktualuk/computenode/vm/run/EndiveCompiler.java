package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.fabric.hash.Hash;

/// Turns the bytes of a module into classes.
final class EndiveCompiler {

  private EndiveCompiler() {}

  static CompiledModule compile(Hash hash, byte[] wasm, VmSettings settings) {
    throw new UnsupportedOperationException("not yet");
  }
}
