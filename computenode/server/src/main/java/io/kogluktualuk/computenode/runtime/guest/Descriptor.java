package io.kogluktualuk.computenode.runtime.guest;

import io.kogluktualuk.computenode.runtime.namespace.GuestTree;
import io.kogluktualuk.computenode.runtime.namespace.WrittenFile;
import io.kogluktualuk.fabric.namespace.NamePath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a file descriptor stands for.
///
/// **Threading:** the guest's thread.
sealed interface Descriptor {

  /// Standard input: empty.
  record Input() implements Descriptor {}

  /// Standard error: kept as diagnostics.
  record Errors() implements Descriptor {}

  /// An open file.
  final class File implements Descriptor {
    final NamePath path;
    final Readable readable;
    final @Nullable WrittenFile written;
    final boolean mayRead;
    int flags;
    long position;

    /// @param written null for one that cannot be written to
    File(
        NamePath path,
        Readable readable,
        @Nullable WrittenFile written,
        boolean mayRead,
        int flags) {
      this.path = path;
      this.readable = readable;
      this.written = written;
      this.mayRead = mayRead;
      this.flags = flags;
    }
  }

  /// An open directory.
  final class Directory implements Descriptor {
    final NamePath path;

    /// The names as they were when reading began; cookies count them.
    @Nullable List<GuestTree.Name> names;

    Directory(NamePath path) {
      this.path = path;
    }
  }
}
