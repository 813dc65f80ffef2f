package io.kogluktualuk.computenode.runtime.guest;

import static io.kogluktualuk.computenode.runtime.guest.HostCalls.wasi;

import io.kogluktualuk.computenode.runtime.namespace.Errno;
import io.kogluktualuk.computenode.runtime.namespace.FileError;
import io.kogluktualuk.computenode.runtime.namespace.GuestTree;
import io.kogluktualuk.computenode.vm.run.Guest;
import io.kogluktualuk.computenode.vm.run.HostImports;
import io.kogluktualuk.fabric.namespace.NamePath;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// WASI's `fd_readdir`: `.`, `..`, then the names in the order of their bytes.
///
/// Cookie 0 begins anew; others count entries of the directory as it was then. The last entry is
/// cut where the buffer ends, which is WASI's sign that there is more; beyond the last there is
/// nothing. The kind of a thunk is unknown until it is computed.
///
/// **Threading:** stateless. **Bound:** [GuestProcess#NAMES_LISTED_MAX] names of all directories
/// that are being read.
final class WasiDirectories {

  private static final int DIRENT_BYTES = 24;

  /// `.` and `..`.
  private static final int DOTS = 2;

  private WasiDirectories() {}

  static void addTo(HostImports.Builder<GuestProcess> imports, Edition edition) {
    imports.function(
        edition.module(), "fd_readdir", "iiiIi>i", wasi(WasiDirectories::readDirectory));
  }

  private static void readDirectory(GuestProcess process, Guest guest, long[] a) {
    if (!(process.descriptors().get((int) a[0]) instanceof Descriptor.Directory open)) {
      throw new FileError(Errno.NOTDIR);
    }
    open.require(Rights.READDIR);
    process.requireInside(guest, (int) a[1], Integer.toUnsignedLong((int) a[2]));
    List<GuestTree.Name> names = names(process, guest, open, a[3]);
    int space = (int) a[2];
    int used = 0;
    long cookie = a[3];
    while (cookie >= 0 && cookie < names.size() + DOTS && used < space) {
      byte[] entry = entry(open.path(), names, (int) cookie++);
      int part = Math.min(entry.length, space - used);
      guest.memory().set((int) a[1] + used, entry, 0, part);
      used += part;
    }
    guest.chargeFuel(used >>> 4);
    guest.memory().setInt((int) a[4], used);
  }

  private static List<GuestTree.Name> names(
      GuestProcess process, Guest guest, Descriptor.Directory open, long cookie) {
    List<GuestTree.Name> names = open.names;
    if (names == null || cookie == 0) {
      process.requireTraceSpace();
      names = process.tree().list(open.path());
      guest.chargeFuel(names.size());
      process.setNames(open, names);
    }
    return names;
  }

  /// ```
  /// next cookie u64 │ inode u64 │ name length u32 │ type u8 │ 3 zeros │ name
  /// ```
  private static byte[] entry(NamePath directory, List<GuestTree.Name> names, int cookie) {
    return switch (cookie) {
      case 0 -> entry(1, Stats.inode(directory), ".", Stats.TYPE_DIRECTORY);
      case 1 -> entry(2, Stats.inode(directory.parent()), "..", Stats.TYPE_DIRECTORY);
      default -> {
        GuestTree.Name name = names.get(cookie - DOTS);
        int type =
            switch (name.kind()) {
              case FILE -> Stats.TYPE_FILE;
              case DIRECTORY -> Stats.TYPE_DIRECTORY;
              case UNKNOWN -> Stats.TYPE_UNKNOWN;
            };
        yield entry(cookie + 1, Stats.inode(directory, name), name.name(), type);
      }
    };
  }

  private static byte[] entry(int next, long inode, String name, int type) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer entry =
        ByteBuffer.allocate(DIRENT_BYTES + text.length).order(ByteOrder.LITTLE_ENDIAN);
    return entry.putLong(next).putLong(inode).putInt(text.length).putInt(type).put(text).array();
  }
}
