package io.kogluktualuk.computenode.vm.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.vm.compile.ModuleCompiler;
import io.kogluktualuk.computenode.vm.compile.OutsideReferences;
import io.kogluktualuk.computenode.vm.compile.OutsideReferences.Reference;
import io.kogluktualuk.computenode.vm.gate.CodeGate;
import io.kogluktualuk.computenode.vm.module.DecodedModule;
import io.kogluktualuk.computenode.vm.module.ModuleDecoder;
import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/// Damaged containers and classes end in the one documented fault, or are as harmless as the
/// originals.
final class SharedCodeFuzz {

  private static final byte[] WASM = Guests.wasm("fuel");
  private static final DecodedModule DECODED = ModuleDecoder.decode(WASM, WASM.length);

  private final SortedMap<String, byte[]> classes = ModuleCompiler.compile(DECODED);
  private final Set<Reference> allowed = allowed();

  private static Set<Reference> allowed() {
    Set<Reference> all = new HashSet<>(OutsideReferences.INSTANCE.references());
    all.add(OutsideReferences.constructor());
    return all;
  }

  @Test
  void containersAreReadBackAndHaveOneForm() {
    byte[] bytes = CodeContainer.encode(classes);
    SortedMap<String, byte[]> read = CodeContainer.decode(bytes);
    assertEquals(classes.keySet(), read.keySet());
    classes.forEach((name, file) -> assertArrayEquals(file, read.get(name)));
    Seeds.run(
        SharedCodeFuzz.class,
        5_000,
        random -> {
          byte[] damaged = Mutations.mutate(bytes, random);
          try {
            assertArrayEquals(damaged, CodeContainer.encode(CodeContainer.decode(damaged)));
          } catch (MalformedEncoding expected) {
            assertTrue(String.valueOf(expected.getMessage()).contains("at byte"));
          }
        });
  }

  @Test
  void lengthsThatAreNotThereAllocateNothing() {
    byte[] bytes = CodeContainer.encode(classes);
    for (int at : new int[] {5, 9, 12 + "kog.guest.Code0".length()}) {
      byte[] large = bytes.clone();
      large[at] = 0x7F;
      assertThrows(MalformedEncoding.class, () -> CodeContainer.decode(large), "at " + at);
    }
  }

  @Test
  void damagedClassesUseNothingElse() {
    AtomicInteger loaded = new AtomicInteger();
    Seeds.run(
        SharedCodeFuzz.class,
        5_000,
        random -> {
          SortedMap<String, byte[]> damaged = damaged(random);
          try {
            CodeGate.check(DECODED, damaged);
          } catch (MalformedEncoding expected) {
            return;
          }
          if (isLoaded(damaged)) {
            Set<Reference> used = References.outside(damaged.values());
            assertTrue(allowed.containsAll(used), () -> "uses one of " + used);
            loaded.incrementAndGet();
          }
        });
    assertTrue(loaded.get() > 0, "none was as good as the originals");
  }

  private SortedMap<String, byte[]> damaged(RandomGenerator random) {
    SortedMap<String, byte[]> damaged = new TreeMap<>(classes);
    List<String> names = new ArrayList<>(classes.keySet());
    String name = names.get(random.nextInt(names.size()));
    byte[] file = java.util.Objects.requireNonNull(classes.get(name));
    damaged.put(
        name, random.nextBoolean() ? Mutations.mutate(file, random) : exchange(file, random));
    return damaged;
  }

  /// Two bytes that may be a number of a constant become another one.
  private static byte[] exchange(byte[] file, RandomGenerator random) {
    byte[] bytes = file.clone();
    int at = random.nextInt(bytes.length - 1);
    int constant = random.nextInt(200);
    bytes[at] = (byte) (constant >> 8);
    bytes[at + 1] = (byte) constant;
    return bytes;
  }

  /// Whether the JVM accepts what passed the gate.
  private static boolean isLoaded(SortedMap<String, byte[]> damaged) {
    try {
      assertEquals(Hash.of(WASM), Modules.verified(Hash.of(WASM), DECODED, damaged).hash());
      return true;
    } catch (MalformedEncoding expected) {
      assertTrue(String.valueOf(expected.getMessage()).contains("the JVM does not accept"));
      return false;
    }
  }
}
