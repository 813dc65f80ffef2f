package io.kogluktualuk.computenode.runtime.guest;

import static io.kogluktualuk.computenode.runtime.guest.HostCalls.wasi;

import io.kogluktualuk.computenode.runtime.namespace.Errno;
import io.kogluktualuk.computenode.runtime.namespace.FileError;
import io.kogluktualuk.computenode.runtime.namespace.GuestTree;
import io.kogluktualuk.computenode.runtime.namespace.Listing;
import io.kogluktualuk.computenode.vm.run.Guest;
import io.kogluktualuk.computenode.vm.run.HostImports;
import io.kogluktualuk.fabric.namespace.NamePath;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// WASI's `fd_readdir`: `.`, `..`, then the names in the order of their bytes.
///
/// Cookie 0 begins anew; others count entries of the directory as it was then. Of a wide one only
/// those parts are read that the program comes to ([Listing]). The last entry is
/// cut where the buffer ends, which is WASI's sign that there is more; beyond the last there is
/// nothing. The kind of a thunk is unknown until it is computed.
///
/// **Threading:** stateless. **Bound:** [GuestProcess#NAMES_LISTED_MAX] names of all directories
/// that are being read, those that are held of each.
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
    Listing names = names(process, guest, open, a[3]);
    int space = (int) a[2];
    int used = 0;
    long cookie = a[3];
    while (cookie >= 0 && used < space) {
      byte[] entry = entry(process, guest, open.path(), names, cookie++);
      if (entry == null) {
        break;
      }
      int part = Math.min(entry.length, space - used);
      guest.memory().set((int) a[1] + used, entry, 0, part);
      used += part;
    }
    guest.chargeFuel(used >>> 4);
    guest.memory().setInt((int) a[4], used);
  }

  private static Listing names(
      GuestProcess process, Guest guest, Descriptor.Directory open, long cookie) {
    Listing names = open.names;
    if (names == null || cookie == 0) {
      process.requireTraceSpace();
      names = process.tree().list(open.path());
      guest.chargeFuel(names.read());
      process.setNames(open, names);
    }
    return names;
  }

  /// ```
  /// next cookie u64 │ inode u64 │ name length u32 │ type u8 │ 3 zeros │ name
  /// ```
  private static byte @Nullable [] entry(
      GuestProcess process, Guest guest, NamePath directory, Listing names, long cookie) {
    if (cookie == 0) {
      return entry(1, Stats.inode(directory), ".", Stats.TYPE_DIRECTORY);
    }
    if (cookie == 1) {
      return entry(2, Stats.inode(directory.parent()), "..", Stats.TYPE_DIRECTORY);
    }
    long before = names.read();
    GuestTree.Name name = names.at(cookie - DOTS);
    if (names.read() > before) {
      guest.chargeFuel(names.read() - before);
      process.requireTraceSpace();
    }
    return name == null ? null : entry(directory, name, cookie);
  }

  private static byte[] entry(NamePath directory, GuestTree.Name name, long cookie) {
    int type =
        switch (name.kind()) {
          case FILE -> Stats.TYPE_FILE;
          case DIRECTORY -> Stats.TYPE_DIRECTORY;
          case UNKNOWN -> Stats.TYPE_UNKNOWN;
        };
    return entry(cookie + 1, Stats.inode(directory, name), name.name(), type);
  }

  private static byte[] entry(long next, long inode, String name, int type) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer entry =
        ByteBuffer.allocate(DIRENT_BYTES + text.length).order(ByteOrder.LITTLE_ENDIAN);
    return entry.putLong(next).putLong(inode).putInt(text.length).putInt(type).put(text).array();
  }
}
