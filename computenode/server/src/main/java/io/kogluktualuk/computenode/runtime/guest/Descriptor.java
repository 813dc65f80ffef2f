package io.kogluktualuk.computenode.runtime.guest;

import io.kogluktualuk.computenode.runtime.namespace.Errno;
import io.kogluktualuk.computenode.runtime.namespace.FileError;
import io.kogluktualuk.computenode.runtime.namespace.Listing;
import io.kogluktualuk.computenode.runtime.namespace.WrittenFile;
import io.kogluktualuk.fabric.namespace.NamePath;
import org.jspecify.annotations.Nullable;

/// What a file descriptor stands for, and what it may be used for.
///
/// **Threading:** the guest's thread.
/// **Invariant:** `rights` only ever lose bits of what was granted.
abstract sealed class Descriptor {

  private final long granted;
  private long rights;
  private long inheriting;

  Descriptor(long granted, long inheriting) {
    this.granted = granted;
    this.rights = granted;
    this.inheriting = inheriting;
  }

  long rights() {
    return rights;
  }

  /// What descriptors that are opened through this one can have at most.
  long inheriting() {
    return inheriting;
  }

  /// @throws FileError BADF for what it was not opened for, NOTCAPABLE for what was given up since
  void require(long wanted) {
    if ((granted & wanted) != wanted) {
      throw new FileError(Errno.BADF);
    }
    if ((rights & wanted) != wanted) {
      throw new FileError(Errno.NOTCAPABLE);
    }
  }

  /// Gives up all rights but these.
  ///
  /// @throws FileError NOTCAPABLE when one is among them that is not there
  void restrict(long base, long below) {
    if ((base & ~rights) != 0 || (below & ~inheriting) != 0) {
      throw new FileError(Errno.NOTCAPABLE);
    }
    rights = base;
    inheriting = below;
  }

  /// Standard error: kept as diagnostics.
  static final class Errors extends Descriptor {
    Errors() {
      super(Rights.STREAM, 0);
    }
  }

  /// An open file.
  static final class File extends Descriptor {
    final NamePath path;
    final Readable readable;
    final @Nullable WrittenFile written;
    int flags;
    long position;

    /// @param written null for one that cannot be written to
    File(NamePath path, Readable readable, @Nullable WrittenFile written, long rights, int flags) {
      super(rights, 0);
      this.path = path;
      this.readable = readable;
      this.written = written;
      this.flags = flags;
    }
  }

  /// An open directory.
  static final class Directory extends Descriptor {
    /// Where it is now; null when it has been removed.
    private @Nullable NamePath path;

    /// The names as they were when reading began; cookies count them.
    @Nullable Listing names;

    final boolean isPreopened;

    Directory(NamePath path, long inheriting, boolean isPreopened) {
      super(Rights.ALL, inheriting);
      this.path = path;
      this.isPreopened = isPreopened;
    }

    NamePath path() {
      NamePath here = path;
      if (here == null) {
        throw new FileError(Errno.NOENT);
      }
      return here;
    }

    /// Follows a directory that was given another name, itself or one that it is in.
    void onRenamed(NamePath from, NamePath to) {
      NamePath here = path;
      if (here != null && here.startsWith(from)) {
        NamePath moved = to;
        for (String name : here.names().subList(from.names().size(), here.names().size())) {
          moved = moved.child(name);
        }
        path = moved;
      }
    }

    void onRemoved(NamePath removed) {
      NamePath here = path;
      if (here != null && here.startsWith(removed)) {
        path = null;
      }
    }
  }
}
