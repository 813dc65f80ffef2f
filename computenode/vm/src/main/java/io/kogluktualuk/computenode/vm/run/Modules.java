package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.compile.ModuleCompiler;
import io.kogluktualuk.computenode.vm.meter.Metering;
import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.ModuleDecoder;
import io.kogluktualuk.computenode.vm.module.ModuleValidator;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import java.io.ByteArrayInputStream;
import java.util.Map;
import java.util.SortedMap;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;

/// Turns the bytes of a module into what an engine runs: decode and bound, validate, compile.
///
/// **Threading:** any thread; each call stands alone.
final class Modules {

  private Modules() {}

  /// For the interpreter.
  static CompiledModule interpreted(Hash hash, byte[] wasm, long bytesMax) {
    DecodedModule decoded = ModuleDecoder.decode(wasm, bytesMax);
    return new CompiledModule(hash, decoded.shape(), reference(decoded));
  }

  /// With classes that this machine has compiled, or has verified before.
  static CompiledModule loaded(
      Hash hash, DecodedModule decoded, SortedMap<String, byte[]> classes) {
    return new CompiledModule(hash, decoded.shape(), new MachineCode(decoded, classes));
  }

  /// With classes of others, all of which the JVM verifies at once, lest a run find one that it
  /// does not accept.
  ///
  /// @throws MalformedEncoding when the JVM does not accept them
  static CompiledModule verified(
      Hash hash, DecodedModule decoded, SortedMap<String, byte[]> classes) {
    Verification.requireOn();
    try {
      MachineCode code = new MachineCode(decoded, classes);
      code.verify(classes.keySet());
      return new CompiledModule(hash, decoded.shape(), code);
    } catch (LinkageError | IllegalStateException e) {
      throw new MalformedEncoding("the JVM does not accept compiled code: " + e, e);
    }
  }

  static CompiledClasses compile(DecodedModule decoded) {
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
    return new ReferenceCode(decoded, parse(Metering.meter(decoded)));
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
