package io.kogluktualuk.computenode.runtime.guest;

import io.kogluktualuk.computenode.runtime.namespace.Errno;
import io.kogluktualuk.computenode.runtime.namespace.FileError;
import io.kogluktualuk.fabric.fault.InvalidArgument;
import io.kogluktualuk.fabric.namespace.NamePath;
import java.util.ArrayList;
import java.util.List;

/// A path as WASI means it: seen from an open directory, which it cannot leave.
///
/// There are no links, so `..` leads to where the text says; but what it leaves must be a
/// directory, which is looked up and so observed. A path that ends in `/`, `.` or `..` means a
/// directory.
///
/// **Errors:** [FileError] NOENT for an empty path, PERM for an absolute one and for one that
/// leaves the directory, INVAL for a NUL, NAMETOOLONG for a long name and beyond the bounds.
/// **Bound:** [#BYTES_MAX] of text, [NamePath#DEPTH_MAX] names; each `..` costs one look-up.
///
/// @param isDirectory whether its end says that it is a directory
/// @param endsInDots whether it ends in `.` or `..`, which cannot be removed or renamed
record GuestPath(NamePath path, boolean isDirectory, boolean endsInDots) {

  /// As on Linux.
  static final int BYTES_MAX = 4_096;

  /// For a path from the root; 64 KiB of UTF-8 is what a trace can hold.
  private static final int WHOLE_CHARS_MAX = 16 * 1_024;

  /// Looks up what must be a directory.
  interface Directories {
    /// @throws FileError NOENT or NOTDIR when it is none
    void require(NamePath path);
  }

  static GuestPath resolve(NamePath from, String text, Directories directories) {
    if (text.isEmpty()) {
      throw new FileError(Errno.NOENT);
    }
    if (text.indexOf(0) >= 0) {
      throw new FileError(Errno.INVAL);
    }
    if (text.startsWith("/")) {
      throw new FileError(Errno.PERM);
    }
    List<String> names = new ArrayList<>(from.names());
    String last = "";
    for (String name : text.split("/", -1)) {
      last = name;
      switch (name) {
        case "", "." -> {}
        case ".." -> {
          if (names.size() == from.names().size()) {
            throw new FileError(Errno.PERM);
          }
          directories.require(path(names));
          names.removeLast();
        }
        default -> names.add(name);
      }
    }
    boolean endsInDots = last.equals(".") || last.equals("..");
    return new GuestPath(path(names), last.isEmpty() || endsInDots, endsInDots);
  }

  private static NamePath path(List<String> names) {
    try {
      NamePath path = new NamePath(names);
      if (path.toString().length() > WHOLE_CHARS_MAX) {
        throw new FileError(Errno.NAMETOOLONG);
      }
      return path;
    } catch (InvalidArgument _) {
      throw new FileError(Errno.NAMETOOLONG);
    }
  }

  /// @throws FileError NOTDIR when the path says that it is a directory
  NamePath file() {
    if (isDirectory) {
      throw new FileError(Errno.NOTDIR);
    }
    return path;
  }
}
