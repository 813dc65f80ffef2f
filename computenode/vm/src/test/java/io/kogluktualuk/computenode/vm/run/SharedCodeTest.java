package io.kogluktualuk.computenode.vm.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.computenode.vm.compile.ModuleCompiler;
import io.kogluktualuk.computenode.vm.module.ModuleDecoder;
import io.kogluktualuk.fabric.fault.FabricException;
import io.kogluktualuk.fabric.hash.Hash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What one machine has compiled serves others, as long as it is as it should be.
final class SharedCodeTest {

  private static final byte[] WASM = padded(Guests.wasm("fuel"));

  @TempDir private Path folder = Path.of("");

  /// Keeps what is offered.
  private static final class Kept implements SharedCode {
    final Map<Hash, byte[]> codes = new ConcurrentHashMap<>();
    final List<Hash> refused = new ArrayList<>();
    final AtomicInteger asked = new AtomicInteger();

    @Override
    public byte @Nullable [] find(Hash module, long bytesMax) {
      asked.incrementAndGet();
      byte[] code = codes.get(module);
      assertTrue(code == null || code.length <= bytesMax);
      return code;
    }

    @Override
    public void offer(Hash module, long nanos, Supplier<byte[]> code) {
      assertTrue(nanos > 0);
      codes.put(module, code.get());
    }

    @Override
    public void refused(Hash module, FabricException reason) {
      refused.add(module);
    }
  }

  private final Kept kept = new Kept();

  /// As long as modules must be to be shared.
  private static byte[] padded(byte[] wasm) {
    byte[] name = "padding".getBytes(StandardCharsets.US_ASCII);
    ModuleBytes custom = ModuleBytes.part().leb(name.length);
    for (byte each : name) {
      custom.put(each);
    }
    custom.repeat(CodeSupply.SHARED_BYTES_MIN, 0);
    byte[] section = ModuleBytes.part().section(0, custom).toBytes();
    byte[] longer = java.util.Arrays.copyOf(wasm, wasm.length + section.length);
    System.arraycopy(section, 0, longer, wasm.length, section.length);
    return longer;
  }

  private static ExecutionResult run(Vm vm, byte[] wasm, SharedCode others) {
    return vm.compile(Hash.of(wasm), wasm, others)
        .link(Guests.HOST)
        .prepare(new Guests.Told(), Guests.AMPLE)
        .run("fib20");
  }

  private Vm onDisk(String name) {
    return Vm.open(VmSettings.defaults().withDiskCache(folder.resolve(name)));
  }

  @Test
  void theSecondMachineDoesNotCompile() {
    ExecutionResult first;
    try (Vm one = onDisk("one")) {
      first = run(one, WASM, kept);
      assertEquals(new CodeOrigins(1, 0, 0, 0), one.origins());
    }
    try (Vm two = onDisk("two")) {
      assertEquals(first, run(two, WASM, kept));
      assertEquals(new CodeOrigins(0, 0, 1, 0), two.origins());
    }
    int asked = kept.asked.get();
    try (Vm again = onDisk("two")) {
      assertEquals(first, run(again, WASM, kept));
      assertEquals(new CodeOrigins(0, 1, 0, 0), again.origins());
    }
    assertEquals(asked, kept.asked.get());
  }

  @Test
  void whoSharesNothingUsesNothingOfOthers() {
    try (Vm one = onDisk("one");
        Vm two = onDisk("two")) {
      ExecutionResult first = run(one, WASM, kept);
      assertEquals(first, run(two, WASM, kept));
    }
    try (Vm again = onDisk("two")) {
      var _ = run(again, WASM, SharedCode.NONE);
      assertEquals(new CodeOrigins(1, 0, 0, 0), again.origins());
    }
  }

  @Test
  void whatDoesNotPassIsCompiled() {
    ExecutionResult first;
    try (Vm one = onDisk("one")) {
      first = run(one, WASM, kept);
    }
    Hash hash = Hash.of(WASM);
    byte[] honest = present(kept.codes.get(hash));
    byte[] other = Guests.wasm("nomemory");
    for (byte[] wrong :
        List.of(
            new byte[0],
            new byte[100],
            java.util.Arrays.copyOf(honest, honest.length - 1),
            CodeContainer.encode(
                ModuleCompiler.compile(ModuleDecoder.decode(other, other.length))))) {
      kept.codes.put(hash, wrong);
      try (Vm two = Vm.open(VmSettings.defaults())) {
        assertEquals(first, run(two, WASM, kept));
        assertEquals(new CodeOrigins(1, 0, 0, 1), two.origins());
      }
      // What it compiled is what the first did, to the byte.
      assertArrayEquals(honest, kept.codes.get(hash));
    }
    assertEquals(4, kept.refused.size());
  }

  private static byte[] present(byte @Nullable [] code) {
    assertNotNull(code);
    return code;
  }

  @Test
  void shortModulesAreNotAskedFor() {
    try (Vm one = Vm.open(VmSettings.defaults())) {
      var _ = run(one, Guests.wasm("fuel"), kept);
    }
    assertEquals(0, kept.asked.get());
    assertEquals(Map.of(), kept.codes);
  }

  @Test
  void allWhoAskAtOnceAskOthersOnce() throws InterruptedException {
    CountDownLatch ready = new CountDownLatch(8);
    try (Vm one = Vm.open(VmSettings.defaults())) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        threads.add(
            Thread.startVirtualThread(
                () -> {
                  ready.countDown();
                  var _ = one.compile(Hash.of(WASM), WASM, kept);
                }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(1, kept.asked.get());
      assertEquals(new CodeOrigins(1, 0, 0, 0), one.origins());
    }
  }

  /// Another process, with another number of cores, writes the same bytes.
  @Test
  void compiledCodeIsAFunctionOfTheModule() throws IOException, InterruptedException {
    byte[] wasm = Guests.wasm("fuel");
    Path module = Files.write(folder.resolve("fuel.wasm"), wasm);
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:ActiveProcessorCount=1",
                "-cp",
                System.getProperty("java.class.path"),
                CompiledHash.class.getName(),
                module.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String found = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, other.waitFor());
    assertEquals(CompiledHash.of(wasm).toHex(), found.strip());
  }
}
