package io.kogluktualuk.fabric.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A new folder that is removed at the end, also when the process is interrupted.
///
/// **Threading:** closed by one thread; the process's shutdown may close it as well, once in all.
final class ScratchFolder implements AutoCloseable {

  private final Path path;
  private final Deque<Runnable> before = new ArrayDeque<>();
  private final Thread hook = new Thread(this::remove, "kog-scratch");
  private boolean isRemoved;

  private ScratchFolder(Path path) {
    this.path = path;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /// @param parent where to make it; null for the directory for temporary files
  static ScratchFolder create(String prefix, @Nullable Path parent) throws IOException {
    if (parent == null) {
      return new ScratchFolder(Files.createTempDirectory(prefix));
    }
    Files.createDirectories(parent);
    return new ScratchFolder(Files.createTempDirectory(parent.toAbsolutePath(), prefix));
  }

  Path path() {
    return path;
  }

  /// What must be done before the files go; the last first.
  synchronized void onRemoval(Runnable action) {
    before.push(action);
  }

  @Override
  public void close() {
    remove();
    Interrupts.forget(hook);
  }

  private synchronized void remove() {
    if (isRemoved) {
      return;
    }
    isRemoved = true;
    before.forEach(Runnable::run);
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the folder " + path + " cannot be removed", e);
    }
  }
}
