package io.kogluktualuk.paxoslog.ratis;

import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.Corruption;
import io.kogluktualuk.fabric.fault.Unavailable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The folder of the replicas in one process, held by one process at a time.
///
/// ```
/// lock        held while the replicas run
/// identity    an [IdentityMark]
/// ratis/      the logs and their snapshots, one folder each
/// ```
///
/// The identity mark lies outside what Ratis writes: a replica whose log was lost must not come
/// back blank under its old id, because a leader that stays would never repair it. A log is
/// marked *formed* when its storage is formatted and before it hears from others; what a crash
/// before that left of it is thrown away.
///
/// **Threading:** any thread.
final class LogFolder implements AutoCloseable {

  private final Path folder;
  private final FileChannel lockChannel;
  private IdentityMark mark;

  private LogFolder(Path folder, FileChannel lockChannel, IdentityMark mark) {
    this.folder = folder;
    this.lockChannel = lockChannel;
    this.mark = mark;
  }

  /// @throws Conflict when the folder is in use, or of another cluster, replica or set of logs
  static LogFolder open(LogHostSettings settings, Set<String> logs) {
    Path folder = settings.folder().toAbsolutePath().normalize();
    try {
      Files.createDirectories(folder);
      FileChannel lock = lock(folder);
      try {
        return open(settings, logs, folder, lock);
      } catch (RuntimeException | IOException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw DiskFaults.of("the log folder " + folder, e);
    }
  }

  private static LogFolder open(
      LogHostSettings settings, Set<String> logs, Path folder, FileChannel lock)
      throws IOException {
    TreeMap<String, Boolean> unformed = new TreeMap<>();
    logs.forEach(name -> unformed.put(name, false));
    IdentityMark wanted = new IdentityMark(settings.clusterId(), settings.nodeId(), unformed);
    Path file = folder.resolve("identity");
    if (Files.exists(file)) {
      LogFolder opened = new LogFolder(folder, lock, read(file, wanted));
      for (String name : logs) {
        opened.checkStorage(name);
      }
      return opened;
    }
    if (Files.exists(folder.resolve("ratis"))) {
      throw new Corruption(
          "the log folder " + folder + " has a log but no identity mark; expected " + file);
    }
    LogFolder opened = new LogFolder(folder, lock, wanted);
    opened.write(wanted);
    return opened;
  }

  @Override
  public String toString() {
    return "log folder " + folder;
  }

  Path ratis() {
    return folder.resolve("ratis");
  }

  /// Whether a log was formatted here before: it must then be there.
  synchronized boolean isFormed(String log) {
    return mark.isFormed(log);
  }

  /// Declares that the storage of a log is formatted.
  synchronized void markFormed(String log) {
    if (mark.isFormed(log)) {
      return;
    }
    IdentityMark changed = mark.formed(log);
    try {
      write(changed);
      mark = changed;
    } catch (IOException e) {
      throw DiskFaults.of("the identity mark in " + folder, e);
    }
  }

  @Override
  public void close() {
    try {
      lockChannel.close();
    } catch (IOException e) {
      throw new Unavailable("cannot release the lock of the log folder " + folder + ": " + e, e);
    }
  }

  /// The files with the entries of a log, for messages: Ratis says that one is damaged, not
  /// which.
  String segments(String log) {
    Path current = storage(log).resolve("current");
    try (Stream<Path> files = Files.list(current)) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).startsWith("log_"))
          .map(Path::toString)
          .sorted()
          .collect(Collectors.joining(", "));
    } catch (IOException _) {
      return current.toString();
    }
  }

  private Path storage(String log) {
    return ratis().resolve(RatisNames.groupId(mark.clusterId(), log).getUuid().toString());
  }

  private void checkStorage(String log) throws IOException {
    Path storage = storage(log);
    if (!mark.isFormed(log)) {
      deleteTree(storage);
    } else if (!Files.isDirectory(storage)) {
      throw new Corruption(
          "the log '"
              + log
              + "' of replica "
              + mark.nodeId()
              + " is gone; expected it in "
              + storage);
    }
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (tryLock(channel) == null) {
      channel.close();
      throw new Conflict(
          "the log folder "
              + folder
              + " is in use by another running cluster; stop it or choose another folder");
    }
    return channel;
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException _) {
      return null; // held by this very process
    }
  }

  private static IdentityMark read(Path file, IdentityMark wanted) throws IOException {
    if (Files.size(file) > IdentityMark.BYTES_MAX) {
      throw new Corruption("the identity mark " + file + " is too long: " + Files.size(file));
    }
    IdentityMark found = IdentityMark.parse("the identity mark " + file, Files.readAllBytes(file));
    expect(file, "cluster", wanted.clusterId(), found.clusterId());
    expect(file, "replica", wanted.nodeId(), found.nodeId());
    expect(file, "the logs", wanted.logs().keySet().toString(), found.logs().keySet().toString());
    return found;
  }

  private static void expect(Path file, String what, String expected, String found) {
    if (!expected.equals(found)) {
      throw new Conflict(
          file + " belongs to " + what + " '" + found + "', expected '" + expected + "'");
    }
  }

  private void write(IdentityMark changed) throws IOException {
    Path fresh = folder.resolve("identity.new");
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(changed.toBytes());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(fresh, folder.resolve("identity"), StandardCopyOption.ATOMIC_MOVE);
    syncFolder(folder);
  }

  /// Makes a rename in a folder survive a power cut.
  static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
