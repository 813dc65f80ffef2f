package io.kogluktualuk.fabric.benchmarks;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.ModuleDecoder;
import io.kogluktualuk.computenode.vm.module.ModuleValidator;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// The module that is compiled for the benchmark is one that could be run.
final class LargeModuleTest {

  @Test
  void functionsOfSeveralModulesAreOneValidModule() throws IOException {
    List<byte[]> modules = new ArrayList<>();
    int functions = 0;
    for (String name : List.of("hash", "nbody", "parsing", "recursion")) {
      byte[] kernel = kernel(name);
      modules.add(kernel);
      functions += ModuleDecoder.decode(kernel, kernel.length).bodies().size();
    }
    byte[] large = LargeModule.of(modules, 100_000);
    DecodedModule decoded = ModuleDecoder.decode(large, large.length);
    ModuleValidator.validate(decoded);
    assertTrue(large.length > 100_000 && large.length < 200_000, () -> large.length + " bytes");
    assertTrue(decoded.bodies().size() > functions, () -> decoded.bodies().size() + " functions");
  }

  private static byte[] kernel(String name) throws IOException {
    try (InputStream in = Kernel.class.getResourceAsStream("kernels/" + name + ".wasm")) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }
}
