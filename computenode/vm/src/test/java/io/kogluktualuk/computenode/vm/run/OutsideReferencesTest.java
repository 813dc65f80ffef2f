package io.kogluktualuk.computenode.vm.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kogluktualuk.computenode.vm.compile.ModuleCompiler;
import io.kogluktualuk.computenode.vm.compile.OutsideReferences;
import io.kogluktualuk.computenode.vm.compile.OutsideReferences.Reference;
import io.kogluktualuk.computenode.vm.gate.CodeGate;
import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.ModuleDecoder;
import io.kogluktualuk.computenode.vm.module.ModuleValidator;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the gate lets pass is what the compiler writes: all of it, and nothing that it never uses.
final class OutsideReferencesTest {

  private static final int TINY = 100;

  @TempDir private Path unpacked = Path.of("");

  private final Set<Reference> used = new HashSet<>();

  @Test
  void randomModulesPassTheGate() {
    Seeds.run(
        OutsideReferencesTest.class,
        200,
        random -> {
          byte[] wasm = GuestGenerator.generate(random);
          assertTrue(passes(ModuleDecoder.decode(wasm, wasm.length)));
        });
  }

  @Test
  void theOfficialSuiteUsesAllThatPassesAndNoMore() throws IOException, InterruptedException {
    Path archive = SpecSuiteTest.suite().resolve("core-2.0.tar.xz");
    assumeTrue(
        Files.exists(archive),
        () -> "SKIPPED: the official test suite is not at " + archive + " (-Dwasm.testsuite)");
    SpecSuiteTest.unpack(archive, unpacked);
    int passed = 0;
    for (Path file : modules()) {
      byte[] wasm = Files.readAllBytes(file);
      DecodedModule module;
      try {
        module = ModuleDecoder.decode(wasm, wasm.length);
        ModuleValidator.validate(module);
      } catch (FabricException notValid) {
        continue;
      }
      passed += passes(module) ? 1 : 0;
    }
    assertTrue(passed > 1_000, passed + " modules passed");
    for (byte[] wasm : List.of(returningReferences(), settingGlobals())) {
      assertTrue(passes(ModuleDecoder.decode(wasm, wasm.length)));
    }
    Set<Reference> expected = new HashSet<>(OutsideReferences.INSTANCE.references());
    expected.add(OutsideReferences.constructor());
    assertEquals(named(expected), named(used));
  }

  /// A function that returns two references, and one that calls it: the suite has none.
  private static byte[] returningReferences() {
    return ModuleBytes.begin()
        .section(1, ModuleBytes.part().put(2, 0x60, 0, 2, 0x6F, 0x6F, 0x60, 0, 0))
        .section(3, ModuleBytes.part().put(2, 0, 1))
        .section(
            10,
            ModuleBytes.part()
                .put(2)
                .put(6, 0, 0xD0, 0x6F, 0xD0, 0x6F, 0x0B)
                .put(6, 0, 0x10, 0, 0x1A, 0x1A, 0x0B))
        .toBytes();
  }

  /// Imports that the suite has none of: a function that returns a reference, and globals that are
  /// set, a vector and a reference.
  private static byte[] settingGlobals() {
    return ModuleBytes.begin()
        .section(1, ModuleBytes.part().put(2, 0x60, 0, 0, 0x60, 0, 1, 0x6F))
        .section(
            2,
            ModuleBytes.part()
                .put(3, 1, 'm', 1, 'f', 0, 1)
                .put(1, 'm', 1, 'v', 3, 0x7B, 1)
                .put(1, 'm', 1, 'x', 3, 0x6F, 1))
        .section(3, ModuleBytes.part().put(1, 0))
        .section(
            10,
            ModuleBytes.part()
                .put(1, 14, 0, 0x23, 0, 0x24, 0, 0x23, 1, 0x24, 1)
                .put(0x10, 0, 0x24, 1, 0x0B))
        .toBytes();
  }

  private static Set<String> named(Set<Reference> references) {
    return references.stream()
        .map(Reference::toString)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private List<Path> modules() throws IOException {
    try (Stream<Path> files = Files.walk(unpacked)) {
      return files.filter(file -> file.toString().endsWith(".wasm")).sorted().toList();
    }
  }

  private boolean passes(DecodedModule module) {
    for (SortedMap<String, byte[]> classes :
        List.of(ModuleCompiler.compile(module), ModuleCompiler.compile(module, TINY))) {
      CodeGate.check(module, classes);
      used.addAll(References.outside(classes.values()));
    }
    return true;
  }
}
