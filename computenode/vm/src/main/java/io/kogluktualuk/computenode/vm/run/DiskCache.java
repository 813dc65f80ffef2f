package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.compile.ModuleCompiler;
import io.kogluktualuk.computenode.vm.meter.Metering;
import io.kogluktualuk.fabric.hash.Hash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Compiled classes in a folder, so that a process that starts anew need not compile what another
/// has: for `sort.wasm` 0.3 s in a cold JVM instead of 0.6 to 0.9.
///
/// The folder must belong to who runs the node, like the program's own class files: what is in it
/// is run. It is a cache only: whatever cannot be read, or is damaged, is compiled again, and what
/// cannot be written is not kept.
///
/// **Threading:** any thread, and any process: files appear whole, by a rename.
/// **Bound:** [#FILES_MAX] files; the oldest go first.
final class DiskCache {

  static final int FILES_MAX = 256;

  private static final String SUFFIX =
      "-" + Metering.SEMANTICS_VERSION + "-" + ModuleCompiler.VERSION + ".classes";

  private final Path folder;

  DiskCache(Path folder) {
    this.folder = folder;
  }

  private Path file(Hash hash) {
    return folder.resolve(hash.toHex() + SUFFIX);
  }

  Optional<CompiledClasses> find(Hash hash) {
    try {
      return CompiledClasses.ofBytes(Files.readAllBytes(file(hash)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  void store(Hash hash, CompiledClasses classes) {
    try {
      Files.createDirectories(folder);
      Path fresh = Files.createTempFile(folder, "fresh", ".tmp");
      try {
        Files.write(fresh, classes.toBytes());
        Files.move(fresh, file(hash), StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(fresh);
      }
      dropOldest();
    } catch (IOException e) {
      // A full or read-only disk costs the next process a compilation, nothing else.
    }
  }

  private void dropOldest() throws IOException {
    record Dated(Path file, FileTime time) {}
    List<Dated> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.toList()) {
        files.add(new Dated(file, Files.getLastModifiedTime(file)));
      }
    }
    files.sort(Comparator.comparing(Dated::time));
    for (Dated old : files.subList(0, Math.max(0, files.size() - FILES_MAX))) {
      Files.deleteIfExists(old.file());
    }
  }
}
