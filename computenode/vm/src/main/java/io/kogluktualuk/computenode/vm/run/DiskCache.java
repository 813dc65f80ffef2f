package io.kogluktualuk.computenode.vm.run;

import io.kogluktualuk.computenode.vm.compile.ModuleCompiler;
import io.kogluktualuk.computenode.vm.meter.Metering;
import io.kogluktualuk.fabric.hash.Hash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Compiled classes in a folder, so that a process that starts anew need not compile what another
/// has: for `sort.wasm` 0.3 s in a cold JVM instead of 0.6 to 0.9.
///
/// What is in the folder is run, like the program's own class files. So the folder must belong to
/// who runs this process, and nobody else may write to it: otherwise it is not used. Who can write
/// there as this user could as well replace the program. The checksum in a file is against damage;
/// and the JVM verifies the classes as it does any.
///
/// It is a cache only: whatever cannot be read, or is damaged, or is no plain file, is compiled
/// again, and what cannot be written is not kept.
///
/// **Threading:** any thread, and any process: files appear whole, by a rename.
/// **Bound:** [#FILES_MAX] files and about [#BYTES_MAX] bytes; the oldest go first.
final class DiskCache {

  static final int FILES_MAX = 256;

  /// The classes of the largest programs people have (Ruby) take some 60 MB.
  static final long BYTES_MAX = 1L << 30;

  private static final String SUFFIX =
      "-" + Metering.SEMANTICS_VERSION + "-" + ModuleCompiler.VERSION + ".classes";

  private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rwx------");

  /// Of the process; a file of Linux.
  private static final Path SELF = Path.of("/proc/self");

  private final Path folder;
  private final long bytesMax;

  DiskCache(Path folder) {
    this(folder, BYTES_MAX);
  }

  DiskCache(Path folder, long bytesMax) {
    this.folder = folder;
    this.bytesMax = bytesMax;
  }

  /// Whether nobody but the user of this process can have written there.
  private boolean isOurs() throws IOException {
    PosixFileAttributes attributes = Files.readAttributes(folder, PosixFileAttributes.class);
    Set<PosixFilePermission> permissions = attributes.permissions();
    return attributes.isDirectory()
        && attributes.owner().equals(Files.getOwner(SELF))
        && !permissions.contains(PosixFilePermission.GROUP_WRITE)
        && !permissions.contains(PosixFilePermission.OTHERS_WRITE);
  }

  private Path file(Hash hash) {
    return folder.resolve(hash.toHex() + SUFFIX);
  }

  Optional<CompiledClasses> find(Hash hash) {
    try {
      Path file = file(hash);
      return isOurs() && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          ? CompiledClasses.ofBytes(Files.readAllBytes(file))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  void store(Hash hash, CompiledClasses classes) {
    try {
      Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWN));
      if (!isOurs()) {
        return;
      }
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
    record Dated(Path file, FileTime time, long bytes) {}
    List<Dated> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.toList()) {
        files.add(new Dated(file, Files.getLastModifiedTime(file), Files.size(file)));
      }
    }
    files.sort(Comparator.comparing(Dated::time));
    long bytes = files.stream().mapToLong(Dated::bytes).sum();
    int count = files.size();
    for (Dated old : files) {
      if (count <= FILES_MAX && (bytes <= bytesMax || count == 1)) {
        return;
      }
      Files.deleteIfExists(old.file());
      bytes -= old.bytes();
      count--;
    }
  }
}
