package io.kogluktualuk.computenode.vm.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.kogluktualuk.fabric.fault.MalformedEncoding;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Compiled modules are kept, shared, and dropped in order of use.
final class ModuleCacheTest {

  private static CompiledModule module(String name) {
    byte[] wasm = Guests.wasm(name);
    return new CodeSupply(VmSettings.defaults()).get(Hash.of(wasm), wasm, SharedCode.NONE);
  }

  @Test
  void compilesOnceForAllWhoAskAtOnce() throws Exception {
    ModuleCache cache = new ModuleCache(1000);
    CompiledModule module = module("nomemory");
    AtomicInteger compilations = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(8);
    List<Future<CompiledModule>> found = new ArrayList<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 8; i++) {
        found.add(
            callers.submit(
                () -> {
                  all.countDown();
                  all.await();
                  return cache.get(
                      module.hash(),
                      100,
                      () -> {
                        compilations.incrementAndGet();
                        return module;
                      });
                }));
      }
    }
    for (Future<CompiledModule> each : found) {
      assertSame(module, each.get());
    }
    assertEquals(1, compilations.get());
  }

  @Test
  void dropsTheLeastRecentlyUsed() {
    ModuleCache cache = new ModuleCache(250);
    CompiledModule module = module("nomemory");
    Hash[] hashes = {Hash.of(new byte[] {1}), Hash.of(new byte[] {2}), Hash.of(new byte[] {3})};
    AtomicInteger compilations = new AtomicInteger();
    for (int index : new int[] {0, 1, 0, 2, 0, 1}) {
      cache.get(
          hashes[index],
          100,
          () -> {
            compilations.incrementAndGet();
            return module;
          });
    }
    // 0 and 1 are new; 2 is new and drops 1; 1 is new again.
    assertEquals(4, compilations.get());
    assertEquals(2, cache.size());
  }

  @Test
  void keepsNoFailure() {
    ModuleCache cache = new ModuleCache(250);
    Hash hash = Hash.of(new byte[0]);
    assertThrows(
        MalformedEncoding.class,
        () ->
            cache.get(
                hash,
                100,
                () -> {
                  throw new MalformedEncoding("not a module");
                }));
    assertEquals(0, cache.size());
    CompiledModule module = module("nomemory");
    assertSame(module, cache.get(hash, 100, () -> module));
  }

  @Test
  void modulesOfOneHashAreOne() {
    try (Vm vm = Vm.open(VmSettings.defaults())) {
      assertSame(vm.compile(Guests.wasm("fuel")), vm.compile(Guests.wasm("fuel")));
      assertNotSame(vm.compile(Guests.wasm("fuel")), vm.compile(Guests.wasm("traps")));
    }
  }
}
