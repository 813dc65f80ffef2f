package io.kogluktualuk.computenode.vm.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.testkit.Mutations;
import io.kogluktualuk.fabric.testkit.Seeds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What was compiled by one process serves the next, and damage is noticed.
final class DiskCacheTest {

  @TempDir private Path folder = Path.of("");

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.toList();
    }
  }

  private ExecutionResult run() {
    try (Vm vm = Vm.open(VmSettings.defaults().withDiskCache(folder))) {
      return Guests.run(vm, "fuel", "fib20", Guests.AMPLE);
    }
  }

  @Test
  void theNextMachineNeedNotCompile() throws IOException {
    ExecutionResult first = run();
    byte[] wasm = Guests.wasm("fuel");
    byte[] kept = Files.readAllBytes(files().getFirst());
    assertTrue(new DiskCache(folder).find(Hash.of(wasm)).isPresent());
    assertEquals(first, run());
    // The file was read, not written again.
    assertArrayEquals(kept, Files.readAllBytes(files().getFirst()));
    assertEquals(1, files().size());
  }

  @Test
  void damagedFilesAreCompiledAgain() throws IOException {
    ExecutionResult first = run();
    Path file = files().getFirst();
    byte[] kept = Files.readAllBytes(file);
    Seeds.run(
        DiskCacheTest.class,
        20,
        random -> {
          byte[] damaged = Mutations.mutate(kept, random);
          Files.write(file, damaged);
          assertEquals(
              java.util.Arrays.equals(kept, damaged), CompiledClasses.ofBytes(damaged).isPresent());
          assertEquals(first, run());
          assertArrayEquals(kept, Files.readAllBytes(file));
        });
  }

  @Test
  void aFolderThatCannotBeWrittenIsDoneWithout() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    try (Vm vm = Vm.open(VmSettings.defaults().withDiskCache(file))) {
      assertEquals(
          ExecutionResult.Exited.class,
          Guests.run(vm, "fuel", "straight", Guests.AMPLE).getClass());
    }
  }

  @Test
  void aFolderThatOthersMayWriteToIsNotUsed() throws IOException {
    Hash hash = Hash.of(Guests.wasm("fuel"));
    ExecutionResult first = run();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwx---"));
    assertTrue(new DiskCache(folder).find(hash).isEmpty());
    Files.delete(files().getFirst());
    assertEquals(first, run());
    assertEquals(List.of(), files());
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-x---"));
    assertEquals(first, run());
    assertTrue(new DiskCache(folder).find(hash).isPresent());
  }

  @Test
  void linksAreNotFollowed() throws IOException {
    Hash hash = Hash.of(Guests.wasm("fuel"));
    ExecutionResult first = run();
    Path file = files().getFirst();
    Path elsewhere = Files.move(file, folder.resolve("elsewhere"));
    Files.createSymbolicLink(file, elsewhere);
    assertTrue(new DiskCache(folder).find(hash).isEmpty());
    assertEquals(first, run());
  }

  @Test
  void filesBeyondTheBytesThereAreGo() throws IOException {
    CompiledClasses classes = new CompiledClasses(new TreeMap<>());
    DiskCache cache = new DiskCache(folder, 10L * classes.toBytes().length);
    for (int i = 0; i < 30; i++) {
      cache.store(Hash.of(new byte[] {(byte) i}), classes);
    }
    assertEquals(10, files().size());
  }

  @Test
  void theOldestFilesGo() throws IOException {
    DiskCache cache = new DiskCache(folder);
    CompiledClasses classes = new CompiledClasses(new TreeMap<>());
    for (int i = 0; i < DiskCache.FILES_MAX + 10; i++) {
      cache.store(Hash.of(new byte[] {(byte) i, (byte) (i >> 8)}), classes);
    }
    assertEquals(DiskCache.FILES_MAX, files().size());
  }
}
