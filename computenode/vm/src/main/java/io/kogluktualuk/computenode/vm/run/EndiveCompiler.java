package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.meter.Metering;
import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.ModuleDecoder;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import run.endive.compiler.InterpreterFallback;
import run.endive.compiler.internal.ByteClassCollector;
import run.endive.compiler.internal.Compiler;
import run.endive.compiler.internal.CompilerResult;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;

/// Turns the bytes of a module into classes: decode and bound, validate, meter, compile, reshape.
///
/// A function whose code does not fit the 64 KB of a JVM method is left to the engine's
/// interpreter, some hundred times slower, with equal fuel and results; HotSpot for its part does
/// not compile methods above 8,000 bytes of bytecode and interprets them, some twenty times slower.
/// Both are reasons to keep guests' functions small, and for a compiler of our own.
///
/// **Threading:** any thread; each call stands alone.
final class EndiveCompiler {

  private EndiveCompiler() {}

  static CompiledModule compile(Hash hash, byte[] wasm, VmSettings settings) {
    DecodedModule decoded = ModuleDecoder.decode(wasm, settings.moduleBytesMax().bytes());
    Path folder = settings.diskCache();
    if (folder == null) {
      return load(hash, decoded, compile(decoded, Set.of()));
    }
    DiskCache disk = new DiskCache(folder);
    CompiledClasses classes = disk.find(hash).orElse(null);
    if (classes == null) {
      classes = compile(decoded, Set.of());
      disk.store(hash, classes);
    }
    return load(hash, decoded, classes);
  }

  /// Compiles all but some functions, which are left to the interpreter in any case.
  static CompiledClasses compile(DecodedModule decoded, Set<Integer> interpreted) {
    validate(decoded.bytes());
    try {
      return meterAndCompile(decoded, interpreted);
    } catch (RuntimeException | StackOverflowError e) {
      // Limits of the engine and of the JVM's class files come as exceptions of many kinds.
      throw new InvalidArgument("the module is too complex to compile: " + e.getMessage(), e);
    }
  }

  static CompiledModule load(Hash hash, DecodedModule decoded, CompiledClasses classes) {
    WasmModule metered = parse(classes.metered(), false);
    EndiveCode code = new EndiveCode(metered, GuestClasses.define(classes), decoded.globalCount());
    return new CompiledModule(hash, decoded.shape(), code);
  }

  /// The original is validated, not what becomes of it: otherwise a hostile module could name the
  /// cells that metering adds.
  private static void validate(byte[] wasm) {
    try {
      parse(wasm, true);
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

  private static CompiledClasses meterAndCompile(DecodedModule decoded, Set<Integer> interpreted) {
    byte[] metered = Metering.meter(decoded, interpreted);
    CompilerResult result = compile(parse(metered, false), interpreted);
    if (!result.interpretedFunctions().equals(interpreted)) {
      // Some are too large for the JVM. The interpreter forgets local variables when a function
      // traps, so they are metered in another way.
      return meterAndCompile(decoded, result.interpretedFunctions());
    }
    return new CompiledClasses(
        metered,
        result.collector().mainClassName(),
        ClassShaper.shapeAll(result.collector().classBytes(), decoded.globalCount()));
  }

  private static CompilerResult compile(WasmModule metered, Set<Integer> interpreted) {
    Compiler.Builder builder =
        Compiler.builder(metered).withClassCollectorFactory(ByteClassCollector::new);
    return interpreted.isEmpty()
        ? builder.withInterpreterFallback(InterpreterFallback.SILENT).build().compile()
        : builder.withInterpretedFunctions(interpreted).build().compile();
  }
}
