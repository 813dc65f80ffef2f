package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.compile.ModuleCompiler;
import io.kogluktualuk.computenode.vm.module.ModuleDecoder;
import io.kogluktualuk.fabric.hash.Hash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A program that prints the hash of what a module is compiled to.
final class CompiledHash {

  private CompiledHash() {}

  static Hash of(byte[] wasm) {
    return Hash.of(
        CodeContainer.encode(ModuleCompiler.compile(ModuleDecoder.decode(wasm, wasm.length))));
  }

  public static void main(String[] arguments) throws IOException {
    System.out.println(of(Files.readAllBytes(Path.of(arguments[0]))).toHex());
  }
}
