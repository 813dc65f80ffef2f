package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.fault.Conflict;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.namespace.NamePath;
import io.kogluktualuk.fabric.namespace.Resolution;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.UUID;

/// Writes a tree as a directory of this machine.
///
/// Each file is written beside its place and moved there when it is complete, so a file that is
/// there is whole. Nothing is written through a symbolic link below the target.
///
/// **Threading:** one thread, one use.
final class DirectoryExport {

  private final BlobStore store;
  private final boolean force;
  private long files;
  private long directories;
  private long bytes;

  /// @param force whether files that are already there are replaced
  DirectoryExport(BlobStore store, boolean force) {
    this.store = store;
    this.force = force;
  }

  /// Writes the entries of a tree into a directory, which is made if need be.
  ///
  /// @throws Conflict for the first thing that is in the way; checked before anything is written
  ///     for the topmost entries, and again for each file
  ExportReport run(Ref tree, Path target) {
    if (tree.kind() != Kind.TREE) {
      throw new InvalidArgument(tree + " is a " + tree.kind().word() + ", expected a tree");
    }
    if (!force) {
      requireEmpty(target);
    }
    directory(tree, target.toAbsolutePath().normalize(), 1);
    return new ExportReport(files, directories, bytes);
  }

  private static void requireEmpty(Path target) {
    if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.isDirectory(target)) {
      throw new Conflict(target + " is not a directory");
    }
    try (var children = Files.newDirectoryStream(target)) {
      if (children.iterator().hasNext()) {
        throw new Conflict(
            "directory " + target + " is not empty: files in it could be overwritten");
      }
    } catch (IOException e) {
      throw DirectoryImport.unreadable(target, e);
    }
  }

  private void directory(Ref tree, Path target, int depth) {
    if (depth > NamePath.DEPTH_MAX) {
      throw new InvalidArgument(tree + " is nested deeper than " + NamePath.DEPTH_MAX + " trees");
    }
    make(target, depth);
    directories++;
    for (Map.Entry<String, Ref> entry : Resolution.view(store, tree)) {
      Path path = LocalNames.resolve(target, entry.getKey());
      Ref ref = entry.getValue();
      switch (ref.kind()) {
        case TREE -> directory(ref, path, depth + 1);
        case BLOB, LIST -> file(ref, path);
        case THUNK ->
            throw new InvalidArgument(
                path + ": " + ref + " has not been computed; only its result could be exported");
      }
    }
  }

  private static void make(Path target, int depth) {
    if (depth > 1 && Files.isSymbolicLink(target)) {
      throw new Conflict(target + " is a symbolic link, expected a directory or nothing");
    }
    try {
      Files.createDirectories(target);
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  private void file(Ref ref, Path target) {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)
        && (!force || !Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS))) {
      throw new Conflict(target + " already exists");
    }
    bytes += writeFile(store, ref, target);
    files++;
  }

  /// Writes content to a file that appears when it is complete; returns its length. What is there
  /// and is no regular file (a device, a pipe, a link) is written to as it is.
  static long writeFile(BlobStore store, Ref ref, Path target) {
    Path absolute = target.toAbsolutePath();
    Path folder = absolute.getParent();
    if (folder == null || Files.isDirectory(absolute)) {
      throw new Conflict(target + " is a directory, expected a file or nothing");
    }
    try {
      boolean exists = Files.exists(absolute, LinkOption.NOFOLLOW_LINKS);
      if (exists && !Files.isRegularFile(absolute, LinkOption.NOFOLLOW_LINKS)) {
        return write(store, ref, absolute, StandardOpenOption.WRITE);
      }
      return writeAside(store, ref, absolute, folder);
    } catch (IOException e) {
      throw unwritable(target, e);
    }
  }

  private static long writeAside(BlobStore store, Ref ref, Path target, Path folder)
      throws IOException {
    String name = ".kog-" + ProcessHandle.current().pid() + "-" + UUID.randomUUID() + ".partial";
    Path partial = folder.resolve(name);
    try {
      long length = write(store, ref, partial, StandardOpenOption.CREATE_NEW);
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
      return length;
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  private static long write(BlobStore store, Ref ref, Path path, StandardOpenOption option)
      throws IOException {
    try (ContentStream source = ContentStream.open(store, ref);
        OutputStream output = Files.newOutputStream(path, StandardOpenOption.WRITE, option)) {
      return source.transferTo(output);
    }
  }

  private static RuntimeException unwritable(Path path, IOException e) {
    String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    if (reason.contains("No space left") || reason.contains("quota")) {
      return new OutOfSpace(path + " cannot be written: " + reason, e);
    }
    return new InvalidArgument(path + " cannot be written: " + reason, e);
  }
}
