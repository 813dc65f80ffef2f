package io.kogluktualuk.computenode.runtime.guest;

import io.kogluktualuk.computenode.runtime.namespace.Directory;
import io.kogluktualuk.computenode.runtime.namespace.Entry;
import io.kogluktualuk.computenode.runtime.namespace.GuestTree;
import io.kogluktualuk.computenode.runtime.namespace.WrittenFile;
import io.kogluktualuk.computenode.vm.run.Guest;
import io.kogluktualuk.computenode.vm.run.GuestMemory;
import io.kogluktualuk.fabric.namespace.NamePath;
import java.nio.charset.StandardCharsets;

/// What WASI says of a file or directory.
///
/// ```
/// preview 1:  device u64 │ inode u64 │ type u8, 7 zeros │ links u64 │ size u64 │ 3 times u64
/// snapshot 0: device u64 │ inode u64 │ type u8, 3 zeros │ links u32 │ size u64 │ 3 times u64
/// ```
///
/// The device is 0, all times are 0, there is one link. The inode of what the program made is its
/// number; of what it was given, a hash of the path.
///
/// **Threading:** stateless.
final class Stats {

  static final int TYPE_UNKNOWN = 0;
  static final int TYPE_DIRECTORY = 3;
  static final int TYPE_FILE = 4;

  private Stats() {}

  static boolean isDirectory(Entry entry) {
    return entry instanceof Directory || entry instanceof Entry.Fixed fixed && fixed.isDirectory();
  }

  /// Writes the stat of what a path has led to.
  static void write(
      Guest guest, Edition edition, int address, NamePath path, Entry entry, GuestTree tree) {
    boolean isDirectory = isDirectory(entry);
    long size = isDirectory ? 0 : length(entry, tree);
    int type = isDirectory ? TYPE_DIRECTORY : TYPE_FILE;
    write(guest, edition, address, inode(path, entry), type, size);
  }

  private static long length(Entry entry, GuestTree tree) {
    return switch (entry) {
      case Entry.Fixed fixed -> tree.length(fixed);
      case WrittenFile file -> file.length();
      case Directory _, Entry.Delayed _ -> 0;
    };
  }

  static void write(Guest guest, Edition edition, int address, long inode, int type, long size) {
    int bytes = edition == Edition.PREVIEW_1 ? 64 : 56;
    int sizeOffset = bytes - 32;
    GuestMemory memory = guest.memory();
    memory.set(address, new byte[bytes], 0, bytes);
    memory.setLong(address + 8, inode);
    memory.setByte(address + 16, (byte) type);
    memory.setInt(address + (edition == Edition.PREVIEW_1 ? 24 : 20), 1);
    memory.setLong(address + sizeOffset, size);
  }

  /// The number of a file or directory.
  static long inode(NamePath path, Entry entry) {
    long made =
        switch (entry) {
          case WrittenFile file -> file.number();
          case Directory directory -> directory.number();
          case Entry.Fixed _, Entry.Delayed _ -> 0;
        };
    return made != 0 ? made : inode(path);
  }

  /// The number of a name in a listing, before it is looked at.
  static long inode(NamePath directory, GuestTree.Name name) {
    return name.number() != 0 ? name.number() : inode(directory.child(name.name()));
  }

  /// FNV-1a of the path's text, with the highest bit set: what programs make counts from 1.
  static long inode(NamePath path) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : path.toString().getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ b & 0xFF) * 0x100000001b3L;
    }
    return hash | Long.MIN_VALUE;
  }
}
