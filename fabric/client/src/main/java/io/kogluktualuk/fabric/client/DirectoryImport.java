package io.kogluktualuk.fabric.client;

import io.kogluktualuk.fabric.blob.Blob;
import io.kogluktualuk.fabric.blob.BlobStore;
import io.kogluktualuk.fabric.blob.ContentWriter;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.blob.Tree;
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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Stores a directory of this machine as trees and content.
///
/// Regular files and directories only: symbolic links, devices, sockets and pipes are refused, or
/// skipped and reported. Executable bits, owners and times are not kept: a tree has none.
///
/// **Threading:** one thread, one use. **Memory:** one directory's entries for each level, and what
/// [PipelinedPuts] holds.
final class DirectoryImport {

  private static final int READ_BYTES = 1 << 20;

  private final PipelinedPuts puts;
  private final boolean skipSpecial;
  private final byte[] buffer = new byte[READ_BYTES];
  private final List<String> skipped = new ArrayList<>();
  private long files;
  private long directories;
  private long bytes;

  DirectoryImport(BlobStore store, boolean skipSpecial) {
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
    Ref tree = directory(directory, 1);
    puts.await();
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
    Ref ref = content(path);
    puts.await();
    return ref;
  }

  private Ref directory(Path directory, int depth) {
    if (depth > NamePath.DEPTH_MAX) {
      throw new InvalidArgument(
          directory + " is nested deeper than " + NamePath.DEPTH_MAX + " directories");
    }
    Map<String, Ref> entries = new TreeMap<>(Tree.NAME_ORDER);
    for (Path child : children(directory)) {
      entry(child, depth, entries);
    }
    directories++;
    Blob encoding = Tree.of(entries).encode();
    puts.put(List.of(encoding));
    return Tree.refOf(encoding);
  }

  private void entry(Path path, int depth, Map<String, Ref> entries) {
    String name = LocalNames.of(path);
    BasicFileAttributes attributes = attributes(path);
    if (attributes.isDirectory()) {
      entries.put(name, directory(path, depth + 1));
    } else if (attributes.isRegularFile()) {
      entries.put(name, content(path));
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
    return writer.finish();
  }

  private static List<Path> children(Path directory) {
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      List<Path> children = new ArrayList<>();
      stream.forEach(children::add);
      return children;
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
