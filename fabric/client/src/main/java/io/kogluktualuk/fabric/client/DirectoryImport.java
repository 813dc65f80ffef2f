package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.ContentWriter;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.TreeBuilder;
import io.kogluktualuk.fabric.blob.TreePieces;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.fault.NotFound;
import io.kogluktualuk.fabric.namespace.NamePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// Stores a directory of this machine as trees and content.
///
/// Regular files and directories only: symbolic links, devices, sockets and pipes are refused, or
/// skipped and reported. Executable bits, owners and times are not kept: a tree has none.
///
/// **Threading:** one thread, one use. **Memory:** for each level the names that [SortedNames]
/// and a piece that [TreeBuilder] holds, however wide the directory, and what [PipelinedPuts]
/// holds.
final class DirectoryImport {

  private static final int READ_BYTES = 1 << 20;

  private final PipelinedPuts puts;
  private final boolean skipSpecial;
  private final ImportListener listener;
  private final byte[] buffer = new byte[READ_BYTES];
  private final List<String> skipped = new ArrayList<>();
  private long files;
  private long directories;
  private long bytes;

  DirectoryImport(BlobStore store, boolean skipSpecial) {
    this(store, skipSpecial, ImportListener.NONE);
  }

  DirectoryImport(BlobStore store, boolean skipSpecial, ImportListener listener) {
    this.listener = listener;
    this.puts = new PipelinedPuts(store);
    this.skipSpecial = skipSpecial;
  }

  /// Stores the directory and all below it.
  ///
  /// @throws NotFound when there is no such directory
  /// @throws InvalidArgument for what a tree cannot hold, naming the path
  ImportReport run(Path directory) {
    if (!Files.exists(directory)) {
      throw new NotFound("directory " + directory + " does not exist");
    }
    if (!Files.isDirectory(directory)) {
      throw new InvalidArgument(directory + " is not a directory; 'kog put' stores one file");
    }
    Ref tree = stored(() -> directory(directory, 1));
    return new ImportReport(tree, files, directories, bytes, skipped);
  }

  /// Stores a file or a directory, whichever it is: what `file PATH` in a namespace means.
  Ref fileOrDirectory(Path path) {
    if (Files.isDirectory(path)) {
      return run(path).tree();
    }
    if (!Files.exists(path)) {
      throw new NotFound("file " + path + " does not exist");
    }
    if (!Files.isRegularFile(path)) {
      throw new InvalidArgument(path + " is neither a file nor a directory");
    }
    return stored(() -> content(path));
  }

  private Ref stored(Supplier<Ref> write) {
    try {
      Ref ref = write.get();
      puts.await();
      return ref;
    } finally {
      puts.end();
    }
  }

  private Ref directory(Path directory, int depth) {
    if (depth > NamePath.DEPTH_MAX) {
      throw new InvalidArgument(
          directory + " is nested deeper than " + NamePath.DEPTH_MAX + " directories");
    }
    TreeBuilder tree = new TreeBuilder(TreePieces.of(puts), piece -> puts.put(List.of(piece)));
    Map<String, Path> odd = new HashMap<>();
    try (SortedNames names = new SortedNames(directory)) {
      children(directory, names, odd);
      names.forEach(name -> entry(path(directory, name, odd), name, depth, tree));
    }
    directories++;
    listener.progressed(files, directories, bytes);
    return tree.finish();
  }

  /// @param odd paths whose names are not what their last elements are called here
  private static Path path(Path directory, String name, Map<String, Path> odd) {
    Path path = odd.get(name);
    return path == null ? LocalNames.resolve(directory, name) : path;
  }

  private void entry(Path path, String name, int depth, TreeBuilder entries) {
    BasicFileAttributes attributes = attributes(path);
    if (attributes.isDirectory()) {
      entries.add(name, directory(path, depth + 1));
    } else if (attributes.isRegularFile()) {
      entries.add(name, content(path));
    } else {
      String kind = attributes.isSymbolicLink() ? "a symbolic link" : "a special file";
      if (!skipSpecial) {
        throw new InvalidArgument(
            path + " is " + kind + ", expected a file or a directory; it can be skipped on demand");
      }
      skipped.add(path + " (" + kind + ")");
    }
  }

  private Ref content(Path path) {
    ContentWriter writer = new ContentWriter(puts);
    try (InputStream input = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
      for (int read = input.read(buffer); read >= 0; read = input.read(buffer)) {
        writer.write(buffer, 0, read);
        bytes += read;
      }
    } catch (IOException e) {
      throw unreadable(path, e);
    }
    files++;
    listener.progressed(files, directories, bytes);
    return writer.finish();
  }

  private static void children(Path directory, SortedNames names, Map<String, Path> odd) {
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      for (Path child : stream) {
        String name = LocalNames.of(child);
        if (!String.valueOf(child.getFileName()).equals(name)) {
          odd.put(name, child);
        }
        names.add(name);
      }
    } catch (IOException e) {
      throw unreadable(directory, e);
    }
  }

  private static BasicFileAttributes attributes(Path path) {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  static RuntimeException unreadable(Path path, IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> new NotFound("file " + path + " does not exist", e);
      case AccessDeniedException _ ->
          new InvalidArgument(path + " cannot be read: permission denied", e);
      default -> new InvalidArgument(path + " cannot be read: " + e.getMessage(), e);
    };
  }
}
