package io.kogluktualuk.computenode.runtime.guest;

import static io.kogluktualuk.computenode.runtime.guest.HostCalls.wasi;

import io.kogluktualuk.computenode.runtime.namespace.Entry;
import io.kogluktualuk.computenode.runtime.namespace.Errno;
import io.kogluktualuk.computenode.runtime.namespace.FileError;
import io.kogluktualuk.computenode.runtime.namespace.GuestFiles.WriteMode;
import io.kogluktualuk.computenode.runtime.namespace.GuestTree;
import io.kogluktualuk.computenode.runtime.namespace.WrittenFile;
import io.kogluktualuk.computenode.vm.run.Guest;
import io.kogluktualuk.computenode.vm.run.GuestMemory;
import io.kogluktualuk.computenode.vm.run.HostImports;
import io.kogluktualuk.fabric.blob.Content;
import io.kogluktualuk.fabric.blob.Kind;
import io.kogluktualuk.fabric.blob.Ref;
import io.kogluktualuk.fabric.namespace.NamePath;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// WASI calls on paths and directories.
///
/// `..` is resolved in the text, and stops at the root. There are no links: making one is NOTSUP
/// and
/// reading one is INVAL. A directory lists its names in the order of their bytes, without `.` and
/// `..`; cookies count names, as they were when reading began. The kind of a thunk is unknown until
/// it is computed. All times are 0; the inode of a file is a hash of its path.
///
/// **Threading:** stateless.
final class WasiPaths {

  private static final String MODULE = "wasi_snapshot_preview1";
  private static final int OPEN_CREATE = 1;
  private static final int OPEN_DIRECTORY = 2;
  private static final int OPEN_EXCLUSIVE = 4;
  private static final int OPEN_TRUNCATE = 8;
  private static final long RIGHT_READ = 1 << 1;
  private static final long RIGHT_WRITE = 1 << 6;

  /// Every right there is: what a program may do is decided by where, not by rights.
  private static final long RIGHTS_ALL = (1L << 30) - 1;

  /// Without seek and tell, which is how wasi-libc knows a terminal-like stream.
  private static final long RIGHTS_STREAM = RIGHTS_ALL & ~(1 << 2 | 1 << 5);

  private static final int TYPE_UNKNOWN = 0;
  private static final int TYPE_CHARACTERS = 2;
  private static final int TYPE_DIRECTORY = 3;
  private static final int TYPE_FILE = 4;
  private static final int DIRENT_BYTES = 24;
  private static final int STAT_BYTES = 64;

  private WasiPaths() {}

  static void addTo(HostImports.Builder<GuestProcess> imports) {
    imports
        .function(MODULE, "path_open", "iiiiiIIii>i", wasi(WasiPaths::open))
        .function(MODULE, "path_filestat_get", "iiiii>i", wasi(WasiPaths::statPath))
        .function(MODULE, "path_filestat_set_times", "iiiiIIi>i", wasi(WasiPaths::checkPath))
        .function(MODULE, "path_create_directory", "iii>i", wasi(WasiPaths::makeDirectory))
        .function(MODULE, "path_unlink_file", "iii>i", wasi(WasiPaths::unlink))
        .function(MODULE, "path_remove_directory", "iii>i", wasi(WasiPaths::removeDirectory))
        .function(MODULE, "path_rename", "iiiiii>i", wasi(WasiPaths::rename))
        .function(MODULE, "path_link", "iiiiiii>i", wasi((_, _, _) -> fail(Errno.NOTSUP)))
        .function(MODULE, "path_symlink", "iiiii>i", wasi((_, _, _) -> fail(Errno.NOTSUP)))
        .function(MODULE, "path_readlink", "iiiiii>i", wasi((_, _, _) -> fail(Errno.INVAL)))
        .function(MODULE, "fd_readdir", "iiiIi>i", wasi(WasiPaths::readDirectory))
        .function(MODULE, "fd_filestat_get", "ii>i", wasi(WasiPaths::statOpen))
        .function(MODULE, "fd_fdstat_get", "ii>i", wasi(WasiPaths::describe))
        .function(MODULE, "fd_prestat_get", "ii>i", wasi(WasiPaths::preopened))
        .function(MODULE, "fd_prestat_dir_name", "iii>i", wasi(WasiPaths::preopenedName));
  }

  private static void fail(Errno errno) {
    throw new FileError(errno);
  }

  private static NamePath path(
      GuestProcess process, Guest guest, long directory, long address, long length) {
    process.requireTraceSpace();
    if (!(process.descriptors().get((int) directory) instanceof Descriptor.Directory from)) {
      throw new FileError(Errno.NOTDIR);
    }
    return process.path(guest, from.path, (int) address, (int) length);
  }

  private static void open(GuestProcess process, Guest guest, long[] a) {
    NamePath path = path(process, guest, a[0], a[2], a[3]);
    int how = (int) a[4];
    boolean mustBeDirectory =
        (how & OPEN_DIRECTORY) != 0 || guest.memory().getByte((int) a[2] + (int) a[3] - 1) == '/';
    boolean writes =
        (a[5] & RIGHT_WRITE) != 0 && !mustBeDirectory
            || (how & (OPEN_CREATE | OPEN_TRUNCATE)) != 0 && !mustBeDirectory;
    boolean reads = (a[5] & RIGHT_READ) != 0;
    Descriptor opened =
        writes
            ? openToWrite(process, path, how, reads, (int) a[7])
            : openToRead(process, path, mustBeDirectory);
    guest.memory().setInt((int) a[8], process.descriptors().add(opened));
  }

  private static Descriptor openToWrite(
      GuestProcess process, NamePath path, int how, boolean reads, int flags) {
    WriteMode mode =
        new WriteMode(
            (how & OPEN_CREATE) != 0, (how & OPEN_EXCLUSIVE) != 0, (how & OPEN_TRUNCATE) != 0);
    WrittenFile file = process.files().open(path, mode);
    return new Descriptor.File(path, new Readable.Written(file), file, reads, flags);
  }

  private static Descriptor openToRead(
      GuestProcess process, NamePath path, boolean mustBeDirectory) {
    Entry entry = process.tree().find(path);
    if (isDirectory(entry)) {
      return new Descriptor.Directory(path);
    }
    if (mustBeDirectory) {
      throw new FileError(Errno.NOTDIR);
    }
    return new Descriptor.File(path, readable(process, entry), null, true, 0);
  }

  /// The content of a file.
  static Readable readable(GuestProcess process, Entry entry) {
    return switch (entry) {
      case Entry.Fixed(Ref ref, _) -> {
        if (ref.kind() == Kind.TREE) {
          throw new FileError(Errno.ISDIR);
        }
        yield new Readable.Stored(Content.open(process.tree().blobs(), ref));
      }
      case WrittenFile file -> new Readable.Written(file);
      case Entry.Directory _ -> throw new FileError(Errno.ISDIR);
      case Entry.Delayed _ -> throw new IllegalStateException("a found entry is not a thunk");
    };
  }

  private static boolean isDirectory(Entry entry) {
    return entry instanceof Entry.Directory
        || entry instanceof Entry.Fixed(Ref ref, _) && ref.kind() == Kind.TREE;
  }

  private static void makeDirectory(GuestProcess process, Guest guest, long[] a) {
    process.files().makeDirectory(path(process, guest, a[0], a[1], a[2]));
  }

  private static void unlink(GuestProcess process, Guest guest, long[] a) {
    process.files().unlink(path(process, guest, a[0], a[1], a[2]));
  }

  private static void removeDirectory(GuestProcess process, Guest guest, long[] a) {
    process.files().removeDirectory(path(process, guest, a[0], a[1], a[2]));
  }

  private static void rename(GuestProcess process, Guest guest, long[] a) {
    NamePath from = path(process, guest, a[0], a[1], a[2]);
    process.files().rename(from, path(process, guest, a[3], a[4], a[5]));
  }

  private static void checkPath(GuestProcess process, Guest guest, long[] a) {
    process.tree().find(path(process, guest, a[0], a[2], a[3]));
  }

  private static void readDirectory(GuestProcess process, Guest guest, long[] a) {
    if (!(process.descriptors().get((int) a[0]) instanceof Descriptor.Directory open)) {
      throw new FileError(Errno.NOTDIR);
    }
    process.requireInside(guest, (int) a[1], Integer.toUnsignedLong((int) a[2]));
    List<GuestTree.Name> names = open.names;
    if (names == null || a[3] == 0) {
      process.requireTraceSpace();
      names = process.tree().list(open.path);
      open.names = names;
    }
    int space = (int) a[2];
    int used = 0;
    // A name that does not fit is cut: WASI's sign that there is more.
    for (long i = Math.max(0, a[3]); i < names.size() && used < space; i++) {
      byte[] entry = directoryEntry(open.path, names.get((int) i), i + 1);
      int part = Math.min(entry.length, space - used);
      guest.memory().set((int) a[1] + used, entry, 0, part);
      used += part;
    }
    guest.chargeFuel(used >>> 4);
    guest.memory().setInt((int) a[4], used);
  }

  /// ```
  /// next cookie u64 │ inode u64 │ name length u32 │ type u8 │ 3 zeros │ name
  /// ```
  private static byte[] directoryEntry(NamePath directory, GuestTree.Name name, long next) {
    byte[] text = name.name().getBytes(StandardCharsets.UTF_8);
    ByteBuffer entry =
        ByteBuffer.allocate(DIRENT_BYTES + text.length).order(ByteOrder.LITTLE_ENDIAN);
    entry.putLong(next).putLong(inode(directory.child(name.name()))).putInt(text.length);
    int type =
        switch (name.kind()) {
          case FILE -> TYPE_FILE;
          case DIRECTORY -> TYPE_DIRECTORY;
          case UNKNOWN -> TYPE_UNKNOWN;
        };
    entry.putInt(type).put(text);
    return entry.array();
  }

  /// FNV-1a of the path's text.
  private static long inode(NamePath path) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : path.toString().getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ b & 0xFF) * 0x100000001b3L;
    }
    return hash;
  }

  private static void statPath(GuestProcess process, Guest guest, long[] a) {
    NamePath path = path(process, guest, a[0], a[2], a[3]);
    Entry entry = process.tree().find(path);
    if (isDirectory(entry)) {
      writeStat(guest, (int) a[4], path, TYPE_DIRECTORY, 0);
    } else {
      writeStat(guest, (int) a[4], path, TYPE_FILE, lengthOf(entry));
    }
  }

  private static long lengthOf(Entry entry) {
    return switch (entry) {
      case Entry.Fixed(Ref ref, _) -> ref.length();
      case WrittenFile file -> file.length();
      case Entry.Directory _, Entry.Delayed _ -> 0;
    };
  }

  private static void statOpen(GuestProcess process, Guest guest, long[] a) {
    int number = (int) a[0];
    switch (process.descriptors().get(number)) {
      case Descriptor.File file ->
          writeStat(guest, (int) a[1], file.path, TYPE_FILE, file.readable.length());
      case Descriptor.Directory directory ->
          writeStat(guest, (int) a[1], directory.path, TYPE_DIRECTORY, 0);
      case Descriptor.Input _, Descriptor.Errors _ ->
          writeStat(guest, (int) a[1], NamePath.ROOT.child("dev"), TYPE_CHARACTERS, 0);
    }
  }

  /// ```
  /// device u64 │ inode u64 │ type u8, 7 zeros │ links u64 │ size u64 │ three times u64
  /// ```
  private static void writeStat(Guest guest, int address, NamePath path, int type, long size) {
    GuestMemory memory = guest.memory();
    memory.set(address, new byte[STAT_BYTES], 0, STAT_BYTES);
    memory.setLong(address + 8, inode(path));
    memory.setByte(address + 16, (byte) type);
    memory.setLong(address + 24, 1);
    memory.setLong(address + 32, size);
  }

  /// ```
  /// type u8, 1 zero │ flags u16 │ 4 zeros │ rights u64 │ inherited rights u64
  /// ```
  private static void describe(GuestProcess process, Guest guest, long[] a) {
    Descriptor open = process.descriptors().get((int) a[0]);
    int type =
        switch (open) {
          case Descriptor.File _ -> TYPE_FILE;
          case Descriptor.Directory _ -> TYPE_DIRECTORY;
          case Descriptor.Input _, Descriptor.Errors _ -> TYPE_CHARACTERS;
        };
    int flags = open instanceof Descriptor.File file ? file.flags : 0;
    GuestMemory memory = guest.memory();
    memory.setLong((int) a[1], type | (long) flags << 16);
    memory.setLong((int) a[1] + 8, type == TYPE_CHARACTERS ? RIGHTS_STREAM : RIGHTS_ALL);
    memory.setLong((int) a[1] + 16, RIGHTS_ALL);
  }

  private static void preopened(GuestProcess process, Guest guest, long[] a) {
    requirePreopened(process, a[0]);
    // Tag 0: a directory; then the length of its name.
    guest.memory().setInt((int) a[1], 0);
    guest.memory().setInt((int) a[1] + 4, 1);
  }

  private static void preopenedName(GuestProcess process, Guest guest, long[] a) {
    requirePreopened(process, a[0]);
    if ((int) a[2] < 1) {
      throw new FileError(Errno.NAMETOOLONG);
    }
    guest.memory().setByte((int) a[1], (byte) '/');
  }

  private static void requirePreopened(GuestProcess process, long number) {
    if ((int) number != GuestProcess.ROOT) {
      throw new FileError(Errno.BADF);
    }
    process.descriptors().get(GuestProcess.ROOT);
  }
}
