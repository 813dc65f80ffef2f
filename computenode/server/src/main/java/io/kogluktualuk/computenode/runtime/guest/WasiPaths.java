package io.kogluktualuk.computenode.runtime.guest;

import static io.kogluktualuk.computenode.runtime.guest.HostCalls.wasi;

import io.kogluktualuk.computenode.runtime.namespace.Directory;
import io.kogluktualuk.computenode.runtime.namespace.Entry;
import io.kogluktualuk.computenode.runtime.namespace.Errno;
import io.kogluktualuk.computenode.runtime.namespace.FileError;
import io.kogluktualuk.computenode.runtime.namespace.GuestFiles.WriteMode;
import io.kogluktualuk.computenode.runtime.namespace.WrittenFile;
import io.kogluktualuk.computenode.vm.run.Guest;
import io.kogluktualuk.computenode.vm.run.HostImports;
import io.kogluktualuk.fabric.blob.Content;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.namespace.NamePath;

/// WASI calls on paths; see [GuestPath] for what a path means.
///
/// There are no links: making one is NOTSUP, and nothing that is there is one to be read (INVAL).
/// What is not below `/tmp` cannot be changed: ACCES. Times are not kept.
///
/// **Threading:** stateless.
final class WasiPaths {

  private static final int OPEN_CREATE = 1;
  private static final int OPEN_DIRECTORY = 2;
  private static final int OPEN_EXCLUSIVE = 4;
  private static final int OPEN_TRUNCATE = 8;
  private static final int OPEN_KNOWN = 15;

  private WasiPaths() {}

  static void addTo(HostImports.Builder<GuestProcess> imports, Edition edition) {
    String module = edition.module();
    imports
        .function(module, "path_open", "iiiiiIIii>i", wasi(WasiPaths::open))
        .function(module, "path_filestat_get", "iiiii>i", wasi((p, g, a) -> stat(p, g, edition, a)))
        .function(module, "path_filestat_set_times", "iiiiIIi>i", wasi(WasiPaths::setTimes))
        .function(module, "path_create_directory", "iii>i", wasi(WasiPaths::makeDirectory))
        .function(module, "path_unlink_file", "iii>i", wasi(WasiPaths::unlink))
        .function(module, "path_remove_directory", "iii>i", wasi(WasiPaths::removeDirectory))
        .function(module, "path_rename", "iiiiii>i", wasi(WasiPaths::rename))
        .function(module, "path_readlink", "iiiiii>i", wasi(WasiPaths::readLink))
        .function(module, "path_link", "iiiiiii>i", wasi((p, g, a) -> link(p, g, a[0], a[2], a[3])))
        .function(
            module, "path_symlink", "iiiii>i", wasi((p, g, a) -> link(p, g, a[2], a[3], a[4])));
  }

  private static Descriptor.Directory directory(GuestProcess process, long number, long rights) {
    if (!(process.descriptors().get((int) number) instanceof Descriptor.Directory directory)) {
      throw new FileError(Errno.NOTDIR);
    }
    directory.require(rights);
    return directory;
  }

  private static GuestPath path(
      GuestProcess process, Guest guest, long number, long rights, long address, long length) {
    Descriptor.Directory from = directory(process, number, rights);
    return process.path(guest, from, (int) address, (int) length);
  }

  private static void open(GuestProcess process, Guest guest, long[] a) {
    int how = (int) a[4] & 0xFFFF;
    int flags = WasiDescriptors.requireFlags(a[7]);
    boolean changes = (how & (OPEN_CREATE | OPEN_TRUNCATE | OPEN_EXCLUSIVE)) != 0;
    if ((how & ~OPEN_KNOWN) != 0 || changes && (how & OPEN_DIRECTORY) != 0) {
      throw new FileError(Errno.INVAL);
    }
    long needed =
        Rights.OPEN
            | ((how & OPEN_CREATE) != 0 ? Rights.CREATE_FILE : 0)
            | ((how & OPEN_TRUNCATE) != 0 ? Rights.SET_SIZE_OF_PATH : 0);
    Descriptor.Directory from = directory(process, a[0], needed);
    GuestPath path = process.path(guest, from, (int) a[2], (int) a[3]);
    process.requireInside(guest, (int) a[8], Integer.BYTES);
    long wanted = a[5] & Rights.ALL;
    long below = a[6] & Rights.ALL;
    if (((wanted | below) & ~from.inheriting()) != 0) {
      throw new FileError(Errno.NOTCAPABLE);
    }
    boolean mustBeDirectory = (how & OPEN_DIRECTORY) != 0 || path.isDirectory();
    boolean writes = (wanted & Rights.WRITE) != 0 && (how & OPEN_DIRECTORY) == 0 || changes;
    Descriptor opened =
        writes
            ? openToWrite(process, path, how, fileRights(from, wanted), flags)
            : openToRead(process, from, path.path(), mustBeDirectory, wanted, flags);
    guest.memory().setInt((int) a[8], process.descriptors().add(opened));
  }

  /// Reading and writing as asked for; what else applies to files as far as it can be inherited.
  private static long fileRights(Descriptor.Directory from, long wanted) {
    long without =
        ((wanted & Rights.READ) == 0 ? Rights.READ : 0)
            | ((wanted & Rights.WRITE) == 0 ? Rights.WRITING : 0);
    return Rights.FILE & from.inheriting() & ~without;
  }

  private static Descriptor openToWrite(
      GuestProcess process, GuestPath path, int how, long rights, int flags) {
    if (path.isDirectory()) {
      boolean isThere = Stats.isDirectory(process.tree().find(path.path()));
      throw new FileError(isThere ? Errno.ISDIR : Errno.NOTDIR);
    }
    WriteMode mode =
        new WriteMode(
            (how & OPEN_CREATE) != 0, (how & OPEN_EXCLUSIVE) != 0, (how & OPEN_TRUNCATE) != 0);
    WrittenFile file = process.files().open(path.path(), mode);
    return new Descriptor.File(path.path(), new Readable.Written(file), file, rights, flags);
  }

  private static Descriptor openToRead(
      GuestProcess process,
      Descriptor.Directory from,
      NamePath path,
      boolean mustBeDirectory,
      long wanted,
      int flags) {
    Entry entry = process.tree().find(path);
    if (Stats.isDirectory(entry)) {
      return new Descriptor.Directory(path, from.inheriting(), false);
    }
    if (mustBeDirectory) {
      throw new FileError(Errno.NOTDIR);
    }
    long rights = fileRights(from, wanted & ~Rights.WRITE);
    return new Descriptor.File(path, readable(process, entry), null, rights, flags);
  }

  /// The content of a file.
  private static Readable readable(GuestProcess process, Entry entry) {
    return switch (entry) {
      case Entry.Fixed fixed -> {
        if (fixed.isDirectory()) {
          throw new FileError(Errno.ISDIR);
        }
        Ref content = process.tree().content(fixed);
        yield new Readable.Stored(Content.open(process.tree().blobs(), content));
      }
      case WrittenFile file -> new Readable.Written(file);
      case Directory _ -> throw new FileError(Errno.ISDIR);
      case Entry.Delayed _ -> throw new IllegalStateException("a found entry is not a thunk");
    };
  }

  /// What stands at a path; a directory if the path says so.
  private static Entry find(GuestProcess process, GuestPath path) {
    Entry entry = process.tree().find(path.path());
    if (path.isDirectory() && !Stats.isDirectory(entry)) {
      throw new FileError(Errno.NOTDIR);
    }
    return entry;
  }

  private static void stat(GuestProcess process, Guest guest, Edition edition, long[] a) {
    GuestPath path = path(process, guest, a[0], Rights.STAT_PATH, a[2], a[3]);
    Stats.write(guest, edition, (int) a[4], path.path(), find(process, path), process.tree());
  }

  private static void setTimes(GuestProcess process, Guest guest, long[] a) {
    WasiDescriptors.requireTimeFlags(a[6]);
    GuestPath path = path(process, guest, a[0], Rights.SET_TIMES_OF_PATH, a[2], a[3]);
    find(process, path);
    process.files().requireChangeable(path.path());
  }

  private static void makeDirectory(GuestProcess process, Guest guest, long[] a) {
    GuestPath path = path(process, guest, a[0], Rights.CREATE_DIRECTORY, a[1], a[2]);
    process.files().makeDirectory(path.path());
  }

  private static void unlink(GuestProcess process, Guest guest, long[] a) {
    GuestPath path = path(process, guest, a[0], Rights.UNLINK, a[1], a[2]);
    if (path.isDirectory() && Stats.isDirectory(process.tree().find(path.path()))) {
      throw new FileError(Errno.ISDIR);
    }
    process.files().unlink(path.file());
  }

  private static void removeDirectory(GuestProcess process, Guest guest, long[] a) {
    GuestPath path = path(process, guest, a[0], Rights.REMOVE_DIRECTORY, a[1], a[2]);
    if (path.endsInDots()) {
      throw new FileError(Errno.INVAL);
    }
    process.files().removeDirectory(path.path());
    openDirectories(process).forEach(open -> open.onRemoved(path.path()));
  }

  private static void rename(GuestProcess process, Guest guest, long[] a) {
    GuestPath from = path(process, guest, a[0], Rights.RENAME_SOURCE, a[1], a[2]);
    GuestPath to = path(process, guest, a[3], Rights.RENAME_TARGET, a[4], a[5]);
    if (from.endsInDots() || to.endsInDots()) {
      throw new FileError(Errno.INVAL);
    }
    boolean isDirectory = from.isDirectory() || to.isDirectory();
    if (isDirectory && !Stats.isDirectory(process.tree().find(from.path()))) {
      throw new FileError(Errno.NOTDIR);
    }
    process.files().rename(from.path(), to.path());
    if (!from.path().equals(to.path())) {
      openDirectories(process).forEach(open -> open.onRemoved(to.path()));
      openDirectories(process).forEach(open -> open.onRenamed(from.path(), to.path()));
    }
  }

  private static Iterable<Descriptor.Directory> openDirectories(GuestProcess process) {
    return process.descriptors().stream()
        .filter(Descriptor.Directory.class::isInstance)
        .map(Descriptor.Directory.class::cast)
        .toList();
  }

  private static void readLink(GuestProcess process, Guest guest, long[] a) {
    find(process, path(process, guest, a[0], Rights.READLINK, a[1], a[2]));
    throw new FileError(Errno.INVAL);
  }

  private static void link(
      GuestProcess process, Guest guest, long number, long address, long length) {
    path(process, guest, number, 0, address, length);
    throw new FileError(Errno.NOTSUP);
  }
}
