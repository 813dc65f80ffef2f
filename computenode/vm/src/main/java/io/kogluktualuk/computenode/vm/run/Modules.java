package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.compile.ModuleCompiler;
import io.kogluktualuk.computenode.vm.meter.Metering;
import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.ModuleDecoder;
import io.kogluktualuk.computenode.vm.module.ModuleValidator;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.hash.Hash;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.Map;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;

/// Turns the bytes of a module into what an engine runs: decode and bound, validate, compile.
///
/// **Threading:** any thread; each call stands alone.
final class Modules {

  private Modules() {}

  static CompiledModule compile(Hash hash, byte[] wasm, VmSettings settings) {
    long bytesMax = settings.moduleBytesMax().bytes();
    if (settings.engine() == Engine.REFERENCE) {
      DecodedModule decoded = ModuleDecoder.decode(wasm, bytesMax);
      return new CompiledModule(hash, decoded.shape(), reference(decoded));
    }
    Path folder = settings.diskCache();
    if (folder == null) {
      DecodedModule decoded = ModuleDecoder.decode(wasm, bytesMax);
      return loaded(hash, decoded, compile(decoded));
    }
    return compile(hash, wasm, bytesMax, new DiskCache(folder));
  }

  /// A module that is found in the cache was accepted before: its code is not looked at again.
  private static CompiledModule compile(Hash hash, byte[] wasm, long bytesMax, DiskCache disk) {
    CompiledClasses known = disk.find(hash).orElse(null);
    if (known != null) {
      return loaded(hash, ModuleDecoder.decode(wasm, bytesMax), known);
    }
    DecodedModule decoded = ModuleDecoder.decode(wasm, bytesMax);
    CompiledClasses classes = compile(decoded);
    disk.store(hash, classes);
    return loaded(hash, decoded, classes);
  }

  private static CompiledModule loaded(Hash hash, DecodedModule decoded, CompiledClasses classes) {
    return new CompiledModule(hash, decoded.shape(), new MachineCode(decoded, classes.classes()));
  }

  private static CompiledClasses compile(DecodedModule decoded) {
    ModuleValidator.validate(decoded);
    try {
      return new CompiledClasses(ModuleCompiler.compile(decoded));
    } catch (IllegalArgumentException limit) {
      // Limits of class files come as this.
      throw new InvalidArgument("the module is too complex to compile: " + limit, limit);
    }
  }

  private static ReferenceCode reference(DecodedModule decoded) {
    ModuleValidator.validate(decoded);
    return new ReferenceCode(parse(Metering.meter(decoded)), decoded.ownGlobals());
  }

  /// Validates as well: the interpreter needs to know of operands what is found so.
  private static WasmModule parse(byte[] metered) {
    return Parser.builder()
        .withCustomParsers(Map.of())
        .withValidation(true)
        .build()
        .parse(() -> new ByteArrayInputStream(metered));
  }
}
