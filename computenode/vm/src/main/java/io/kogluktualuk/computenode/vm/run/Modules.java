package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.compile.ModuleCompiler;
import io.kogluktualuk.computenode.vm.meter.Metering;
import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.ModuleDecoder;
import io.kogluktualuk.fabric.fault.AlreadyClosed;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.FutureTask;
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
      return loaded(hash, ModuleDecoder.decodeAccepted(wasm, bytesMax), known);
    }
    DecodedModule decoded = ModuleDecoder.decode(wasm, bytesMax);
    CompiledClasses classes = compile(decoded);
    disk.store(hash, classes);
    return loaded(hash, decoded, classes);
  }

  private static CompiledModule loaded(Hash hash, DecodedModule decoded, CompiledClasses classes) {
    return new CompiledModule(hash, decoded.shape(), new MachineCode(decoded, classes.classes()));
  }

  /// Compiles while another core validates. What becomes of a module that is not valid, be it
  /// classes or an exception, is dropped.
  private static CompiledClasses compile(DecodedModule decoded) {
    FutureTask<Boolean> validation = new FutureTask<>(() -> validate(decoded.bytes()), true);
    ForkJoinPool.commonPool().execute(validation);
    CompiledClasses classes = null;
    Throwable failure = null;
    try {
      classes = new CompiledClasses(ModuleCompiler.compile(decoded));
    } catch (RuntimeException | AssertionError | StackOverflowError e) {
      failure = e;
    }
    requireValid(validation);
    if (classes != null) {
      return classes;
    }
    if (failure instanceof IllegalArgumentException limit) {
      // Limits of class files come as this.
      throw new InvalidArgument("the module is too complex to compile: " + limit, limit);
    }
    throw new IllegalStateException("a valid module could not be compiled", failure);
  }

  /// Waits for the validation, or does it here when nobody has begun it.
  private static void requireValid(FutureTask<Boolean> validation) {
    validation.run();
    try {
      boolean _ = validation.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AlreadyClosed("interrupted while a module is validated", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof FabricException fault) {
        throw fault;
      }
      throw new IllegalStateException("a module could not be validated", e.getCause());
    }
  }

  private static ReferenceCode reference(DecodedModule decoded) {
    validate(decoded.bytes());
    // Validating notes for the interpreter which operands are vectors, so it is done again.
    return new ReferenceCode(parse(Metering.meter(decoded), true), decoded.ownGlobals());
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
