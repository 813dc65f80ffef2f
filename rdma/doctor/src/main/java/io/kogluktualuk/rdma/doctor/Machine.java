package io.kogluktualuk.rdma.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The files in which a kernel describes its machine, below one folder: `/` or a recorded tree.
///
/// Nothing here throws: what is absent is null or empty, what cannot be read is remembered in
/// [#unreadable].
///
/// **Threading:** one thread. **Bound:** [#TEXT_BYTES_MAX] of each file, [#NAMES_MAX] names of each
/// folder.
public final class Machine {

  /// The longest, `/proc/modules`, has some 20 KiB.
  private static final int TEXT_BYTES_MAX = 1 << 18;

  private static final int NAMES_MAX = 4096;

  private final Path root;
  private final Set<String> unreadable = new LinkedHashSet<>();

  /// @param root what stands for `/`
  public Machine(Path root) {
    this.root = root;
  }

  /// Paths are made of what files say, and no path has a NUL.
  private Path at(String path) {
    return root.resolve(path.substring(1).replace('\0', '?'));
  }

  /// A file's text without the white space around it; null when there is none to be had.
  @Nullable String text(String path) {
    try (InputStream in = Files.newInputStream(at(path))) {
      return new String(in.readNBytes(TEXT_BYTES_MAX), StandardCharsets.UTF_8).strip();
    } catch (NoSuchFileException | NotDirectoryException e) {
      return null;
    } catch (IOException | SecurityException e) {
      remember(path, e);
      return null;
    }
  }

  /// As [#text], with a word for a file that cannot be read.
  String textOr(String path, String otherwise) {
    String text = text(path);
    return text == null ? otherwise : text;
  }

  /// The lines of a file; none when it cannot be read.
  List<String> lines(String path) {
    return textOr(path, "").lines().toList();
  }

  /// A file's number; null when there is none.
  @Nullable Long number(String path) {
    String text = text(path);
    try {
      return text == null ? null : Long.valueOf(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /// The names in a folder, sorted, numbers by value; none when it is absent.
  List<String> names(String folder) {
    try (Stream<Path> entries = Files.list(at(folder))) {
      return entries
          .limit(NAMES_MAX)
          .map(entry -> entry.getFileName().toString())
          .sorted(Machine::byNumberThenText)
          .toList();
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    } catch (IOException | RuntimeException e) {
      remember(folder, e);
      return List.of();
    }
  }

  private static int byNumberThenText(String a, String b) {
    boolean areNumbers = isNumber(a) && isNumber(b);
    return areNumbers ? Long.compare(Long.parseLong(a), Long.parseLong(b)) : a.compareTo(b);
  }

  private static boolean isNumber(String text) {
    return text.length() < 10 && !text.isEmpty() && text.chars().allMatch(Character::isDigit);
  }

  boolean exists(String path) {
    return Files.exists(at(path));
  }

  /// Whether this process may read and write it.
  boolean isUsable(String path) {
    return Files.isReadable(at(path)) && Files.isWritable(at(path));
  }

  /// The last name of what a symbolic link points at; null when it is no link.
  @Nullable String target(String path) {
    try {
      Path name = Files.readSymbolicLink(at(path)).getFileName();
      return name == null ? null : name.toString();
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  /// Files that are there and could not be read, each with the reason.
  List<String> unreadable() {
    return List.copyOf(unreadable);
  }

  private void remember(String path, Exception e) {
    String reason = String.valueOf(e.getMessage());
    // The kernel's answer for an attribute that has no value now, such as an unused GID.
    if (reason.contains("Invalid argument") || reason.contains("Operation not supported")) {
      return;
    }
    unreadable.add(
        path + ": " + (e instanceof AccessDeniedException ? "permission denied" : reason));
  }
}
