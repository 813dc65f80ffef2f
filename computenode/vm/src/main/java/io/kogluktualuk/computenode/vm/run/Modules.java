package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.compile.ModuleCompiler;
import io.kogluktualuk.computenode.vm.meter.Metering;
import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.ModuleDecoder;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
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
    DecodedModule decoded = ModuleDecoder.decode(wasm, settings.moduleBytesMax().bytes());
    EngineCode code =
        switch (settings.engine()) {
          case COMPILER -> new MachineCode(decoded, classes(hash, decoded, settings.diskCache()));
          case REFERENCE -> reference(decoded);
        };
    return new CompiledModule(hash, decoded.shape(), code);
  }

  private static Map<String, byte[]> classes(
      Hash hash, DecodedModule decoded, @org.jspecify.annotations.Nullable Path folder) {
    if (folder == null) {
      return compile(decoded).classes();
    }
    DiskCache disk = new DiskCache(folder);
    CompiledClasses classes = disk.find(hash).orElse(null);
    if (classes == null) {
      classes = compile(decoded);
      disk.store(hash, classes);
    }
    return classes.classes();
  }

  private static CompiledClasses compile(DecodedModule decoded) {
    validate(decoded.bytes());
    try {
      return new CompiledClasses(ModuleCompiler.compile(decoded));
    } catch (IllegalArgumentException e) {
      // Limits of class files come as this.
      throw new InvalidArgument("the module is too complex to compile: " + e.getMessage(), e);
    }
  }

  private static ReferenceCode reference(DecodedModule decoded) {
    validate(decoded.bytes());
    // Validating notes for the interpreter which operands are vectors, so it is done again.
    return new ReferenceCode(parse(Metering.meter(decoded), true), decoded.globalCount());
  }

  /// The original is validated, not what becomes of it: otherwise a hostile module could name the
  /// cells that metering adds.
  private static void validate(byte[] wasm) {
    try {
      WasmModule _ = parse(wasm, true);
    } catch (StackOverflowError e) {
      throw new InvalidArgument("the module is nested too deeply to be validated", e);
    } catch (RuntimeException | AssertionError e) {
      // The validator reports through several exceptions, some of them the JDK's own.
      throw new MalformedEncoding("not a valid module: " + e.getMessage(), e);
    }
  }

  private static WasmModule parse(byte[] wasm, boolean validated) {
    return Parser.builder()
        .withCustomParsers(Map.of())
        .withValidation(validated)
        .build()
        .parse(() -> new ByteArrayInputStream(wasm));
  }
}
