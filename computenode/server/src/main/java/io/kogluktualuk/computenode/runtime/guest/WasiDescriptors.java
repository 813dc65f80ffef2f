package io.kogluktualuk.computenode.runtime.guest;

import static io.kogluktualuk.computenode.runtime.guest.HostCalls.wasi;

import io.kogluktualuk.computenode.runtime.namespace.Entry;
import io.kogluktualuk.computenode.runtime.namespace.Errno;
import io.kogluktualuk.computenode.runtime.namespace.FileError;
import io.kogluktualuk.computenode.vm.run.Guest;
import io.kogluktualuk.computenode.vm.run.GuestMemory;
import io.kogluktualuk.computenode.vm.run.HostImports;
import io.kogluktualuk.fabric.namespace.NamePath;

/// WASI calls about descriptors as such: what they are, what they may do, closing them.
///
/// Flushing and advice do nothing. Times are checked and not kept: they stay 0.
///
/// **Threading:** stateless.
final class WasiDescriptors {

  private static final int FLAGS_KNOWN = 0x1F;
  private static final int ADVICE_MAX = 5;
  private static final int TIME_FLAGS_KNOWN = 0xF;
  private static final NamePath STDERR = NamePath.parse("/dev/stderr");

  private WasiDescriptors() {}

  static void addTo(HostImports.Builder<GuestProcess> imports, Edition edition) {
    String module = edition.module();
    imports
        .function(module, "fd_close", "i>i", wasi(WasiDescriptors::close))
        .function(module, "fd_renumber", "ii>i", wasi(WasiDescriptors::renumber))
        .function(module, "fd_fdstat_get", "ii>i", wasi(WasiDescriptors::describe))
        .function(module, "fd_fdstat_set_flags", "ii>i", wasi(WasiDescriptors::setFlags))
        .function(module, "fd_fdstat_set_rights", "iII>i", wasi(WasiDescriptors::setRights))
        .function(module, "fd_filestat_get", "ii>i", wasi((p, g, a) -> stat(p, g, edition, a)))
        .function(module, "fd_filestat_set_times", "iIIi>i", wasi(WasiDescriptors::setTimes))
        .function(module, "fd_advise", "iIIi>i", wasi(WasiDescriptors::advise))
        .function(module, "fd_sync", "i>i", wasi((p, _, a) -> require(p, a[0], Rights.SYNC)))
        .function(
            module, "fd_datasync", "i>i", wasi((p, _, a) -> require(p, a[0], Rights.DATASYNC)))
        .function(module, "fd_prestat_get", "ii>i", wasi(WasiDescriptors::preopened))
        .function(module, "fd_prestat_dir_name", "iii>i", wasi(WasiDescriptors::preopenedName));
  }

  private static Descriptor require(GuestProcess process, long number, long rights) {
    Descriptor open = process.descriptors().get((int) number);
    open.require(rights);
    return open;
  }

  private static void close(GuestProcess process, Guest guest, long[] a) {
    process.onClosed(process.descriptors().close((int) a[0]));
  }

  private static void renumber(GuestProcess process, Guest guest, long[] a) {
    Descriptor replaced = process.descriptors().move((int) a[0], (int) a[1]);
    if ((int) a[0] != (int) a[1]) {
      process.onClosed(replaced);
    }
  }

  /// ```
  /// type u8, 1 zero │ flags u16 │ 4 zeros │ rights u64 │ inherited rights u64
  /// ```
  ///
  /// Standard error is of unknown type, as pipes are: no terminal.
  private static void describe(GuestProcess process, Guest guest, long[] a) {
    Descriptor open = process.descriptors().get((int) a[0]);
    int type =
        switch (open) {
          case Descriptor.File _ -> Stats.TYPE_FILE;
          case Descriptor.Directory _ -> Stats.TYPE_DIRECTORY;
          case Descriptor.Errors _ -> Stats.TYPE_UNKNOWN;
        };
    int flags = open instanceof Descriptor.File file ? file.flags : 0;
    GuestMemory memory = guest.memory();
    memory.setLong((int) a[1], type | (long) flags << 16);
    memory.setLong((int) a[1] + 8, open.rights());
    memory.setLong((int) a[1] + 16, open.inheriting());
  }

  static int requireFlags(long flags) {
    int known = (int) flags & 0xFFFF;
    if ((known & ~FLAGS_KNOWN) != 0) {
      throw new FileError(Errno.INVAL);
    }
    return known;
  }

  private static void setFlags(GuestProcess process, Guest guest, long[] a) {
    Descriptor open = require(process, a[0], Rights.SET_FLAGS);
    int flags = requireFlags(a[1]);
    if (open instanceof Descriptor.File file) {
      file.flags = flags;
    }
  }

  private static void setRights(GuestProcess process, Guest guest, long[] a) {
    process.descriptors().get((int) a[0]).restrict(a[1], a[2]);
  }

  private static void stat(GuestProcess process, Guest guest, Edition edition, long[] a) {
    switch (require(process, a[0], Rights.STAT)) {
      case Descriptor.File file -> {
        long inode =
            file.written == null ? Stats.inode(file.path) : Stats.inode(file.path, file.written);
        long length = file.readable.length();
        Stats.write(guest, edition, (int) a[1], inode, Stats.TYPE_FILE, length);
      }
      case Descriptor.Directory directory -> {
        NamePath path = directory.path();
        process.requireTraceSpace();
        Entry found = process.tree().find(path);
        Stats.write(guest, edition, (int) a[1], path, found, process.tree());
      }
      case Descriptor.Errors _ ->
          Stats.write(guest, edition, (int) a[1], Stats.inode(STDERR), Stats.TYPE_UNKNOWN, 0);
    }
  }

  private static void setTimes(GuestProcess process, Guest guest, long[] a) {
    requireTimeFlags(a[3]);
    Descriptor open = require(process, a[0], Rights.SET_TIMES);
    if (open instanceof Descriptor.File file && file.written == null) {
      throw new FileError(Errno.ACCES);
    }
  }

  /// A time is set, or set to now, or neither.
  static void requireTimeFlags(long flags) {
    int known = (int) flags & 0xFFFF;
    if ((known & ~TIME_FLAGS_KNOWN) != 0 || (known & 3) == 3 || (known & 12) == 12) {
      throw new FileError(Errno.INVAL);
    }
  }

  private static void advise(GuestProcess process, Guest guest, long[] a) {
    Descriptor open = require(process, a[0], Rights.ADVISE);
    if (open instanceof Descriptor.Directory) {
      throw new FileError(Errno.BADF);
    }
    WasiFiles.requireOffset(a[1]);
    if (((int) a[3] & 0xFF) > ADVICE_MAX || WasiFiles.requireOffset(a[2]) + a[1] < 0) {
      throw new FileError(Errno.INVAL);
    }
  }

  private static void preopened(GuestProcess process, Guest guest, long[] a) {
    requirePreopened(process, a[0]);
    // Tag 0: a directory; then the length of its name.
    guest.memory().setInt((int) a[1], 0);
    guest.memory().setInt((int) a[1] + 4, 1);
  }

  private static void preopenedName(GuestProcess process, Guest guest, long[] a) {
    requirePreopened(process, a[0]);
    if ((int) a[2] == 0) {
      throw new FileError(Errno.NAMETOOLONG);
    }
    guest.memory().setByte((int) a[1], (byte) '/');
  }

  private static void requirePreopened(GuestProcess process, long number) {
    if (!(process.descriptors().get((int) number) instanceof Descriptor.Directory directory)
        || !directory.isPreopened) {
      throw new FileError(Errno.BADF);
    }
  }
}
