package io.kogluktualuk.computenode.runtime.guest;

import static io.kogluktualuk.computenode.runtime.guest.HostCalls.wasi;

import io.kogluktualuk.computenode.runtime.namespace.Errno;
import io.kogluktualuk.computenode.runtime.namespace.FileError;
import io.kogluktualuk.computenode.runtime.namespace.WrittenFile;
import io.kogluktualuk.computenode.vm.run.Guest;
import io.kogluktualuk.computenode.vm.run.GuestMemory;
import io.kogluktualuk.computenode.vm.run.HostImports;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// WASI calls on open files: read, write, seek, close and their like.
///
/// Writing anywhere counts against the output limit. Times, flushing and advice do nothing.
///
/// **Threading:** stateless.
final class WasiFiles {

  static final int FLAG_APPEND = 1;

  private static final String MODULE = "wasi_snapshot_preview1";
  private static final int FLAGS_KNOWN = 0x1F;
  private static final int IOVECS_MAX = 1_024;

  private WasiFiles() {}

  static void addTo(HostImports.Builder<GuestProcess> imports) {
    imports
        .function(MODULE, "fd_read", "iiii>i", wasi(WasiFiles::read))
        .function(MODULE, "fd_pread", "iiiIi>i", wasi(WasiFiles::readAt))
        .function(MODULE, "fd_write", "iiii>i", wasi(WasiFiles::write))
        .function(MODULE, "fd_pwrite", "iiiIi>i", wasi(WasiFiles::writeAt))
        .function(MODULE, "fd_seek", "iIii>i", wasi(WasiFiles::seek))
        .function(MODULE, "fd_tell", "ii>i", wasi(WasiFiles::tell))
        .function(MODULE, "fd_close", "i>i", wasi(WasiFiles::close))
        .function(
            MODULE,
            "fd_renumber",
            "ii>i",
            wasi((p, _, a) -> p.descriptors().move((int) a[0], (int) a[1])))
        .function(MODULE, "fd_fdstat_set_flags", "ii>i", wasi(WasiFiles::setFlags))
        .function(MODULE, "fd_fdstat_set_rights", "iII>i", wasi(WasiFiles::acknowledge))
        .function(MODULE, "fd_filestat_set_size", "iI>i", wasi(WasiFiles::setSize))
        .function(MODULE, "fd_filestat_set_times", "iIIi>i", wasi(WasiFiles::acknowledge))
        .function(MODULE, "fd_allocate", "iII>i", wasi(WasiFiles::allocate))
        .function(MODULE, "fd_advise", "iIIi>i", wasi(WasiFiles::acknowledge))
        .function(MODULE, "fd_sync", "i>i", wasi(WasiFiles::acknowledge))
        .function(MODULE, "fd_datasync", "i>i", wasi(WasiFiles::acknowledge));
  }

  private static void close(GuestProcess process, Guest guest, long[] a) {
    if (process.descriptors().get((int) a[0]) instanceof Descriptor.File file) {
      WrittenFile written = file.written;
      if (written != null) {
        written.rest();
      }
    }
    process.descriptors().close((int) a[0]);
  }

  /// Does nothing to what is open.
  private static void acknowledge(GuestProcess process, Guest guest, long[] a) {
    process.descriptors().get((int) a[0]);
  }

  private static void read(GuestProcess process, Guest guest, long[] a) {
    Descriptor open = process.descriptors().get((int) a[0]);
    if (open instanceof Descriptor.Input) {
      guest.memory().setInt((int) a[3], 0);
      return;
    }
    Descriptor.File file = readable(open);
    long done = read(process, guest, file, file.position, (int) a[1], (int) a[2]);
    file.position += done;
    guest.memory().setInt((int) a[3], (int) done);
  }

  private static void readAt(GuestProcess process, Guest guest, long[] a) {
    Descriptor.File file = readable(process.descriptors().get((int) a[0]));
    long done = read(process, guest, file, requireOffset(a[3]), (int) a[1], (int) a[2]);
    guest.memory().setInt((int) a[4], (int) done);
  }

  private static Descriptor.File readable(Descriptor open) {
    return switch (open) {
      case Descriptor.File file when file.mayRead -> file;
      case Descriptor.Directory _ -> throw new FileError(Errno.ISDIR);
      case Descriptor.File _, Descriptor.Input _, Descriptor.Errors _ ->
          throw new FileError(Errno.BADF);
    };
  }

  private static long read(
      GuestProcess process,
      Guest guest,
      Descriptor.File file,
      long offset,
      int vectors,
      int count) {
    requireVectors(count);
    long done = 0;
    for (int i = 0; i < count; i++) {
      MemorySegment target = vector(process, guest, vectors + 8 * i);
      int part = file.readable.read(offset + done, target);
      guest.chargeFuel(part >>> 4);
      done += part;
      if (part < target.byteSize()) {
        break;
      }
    }
    return done;
  }

  private static void write(GuestProcess process, Guest guest, long[] a) {
    Descriptor open = process.descriptors().get((int) a[0]);
    if (open instanceof Descriptor.Errors) {
      guest.memory().setInt((int) a[3], writeErrors(process, guest, (int) a[1], (int) a[2]));
      return;
    }
    Descriptor.File file = writable(open);
    boolean appends = (file.flags & FLAG_APPEND) != 0;
    long start = appends ? file.readable.length() : file.position;
    long done = write(process, guest, file, start, (int) a[1], (int) a[2]);
    file.position = start + done;
    guest.memory().setInt((int) a[3], (int) done);
  }

  private static void writeAt(GuestProcess process, Guest guest, long[] a) {
    Descriptor.File file = writable(process.descriptors().get((int) a[0]));
    long done = write(process, guest, file, requireOffset(a[3]), (int) a[1], (int) a[2]);
    guest.memory().setInt((int) a[4], (int) done);
  }

  private static Descriptor.File writable(Descriptor open) {
    return switch (open) {
      case Descriptor.File file when file.written != null -> file;
      case Descriptor.Directory _ -> throw new FileError(Errno.ISDIR);
      case Descriptor.File _, Descriptor.Input _, Descriptor.Errors _ ->
          throw new FileError(Errno.BADF);
    };
  }

  private static long write(
      GuestProcess process,
      Guest guest,
      Descriptor.File file,
      long offset,
      int vectors,
      int count) {
    requireVectors(count);
    WrittenFile written = requireWritten(file);
    long done = 0;
    for (int i = 0; i < count; i++) {
      MemorySegment source = vector(process, guest, vectors + 8 * i);
      if (source.byteSize() > 0) {
        chargeWrite(process, guest, written, offset + done, source.byteSize());
        written.write(offset + done, source);
        done += source.byteSize();
      }
    }
    return done;
  }

  /// What lies between the end of the file and the offset is written as well, as zeros.
  private static void chargeWrite(
      GuestProcess process, Guest guest, WrittenFile file, long offset, long length) {
    if (length > Long.MAX_VALUE - offset) {
      throw new FileError(Errno.INVAL);
    }
    long gap = Math.max(0, offset - file.length());
    process.chargeOutput(gap);
    process.chargeOutput(length);
    guest.chargeFuel((gap >>> 4) + (length >>> 4));
  }

  private static int writeErrors(GuestProcess process, Guest guest, int vectors, int count) {
    requireVectors(count);
    int done = 0;
    for (int i = 0; i < count; i++) {
      MemorySegment source = vector(process, guest, vectors + 8 * i);
      process.chargeOutput(source.byteSize());
      guest.chargeFuel(source.byteSize() >>> 4);
      byte[] bytes = source.toArray(ValueLayout.JAVA_BYTE);
      process.diagnostics().write(bytes, 0, bytes.length);
      done += bytes.length;
    }
    return done;
  }

  private static void requireVectors(int count) {
    if (count < 0 || count > IOVECS_MAX) {
      throw new FileError(Errno.INVAL);
    }
  }

  private static MemorySegment vector(GuestProcess process, Guest guest, int address) {
    GuestMemory memory = guest.memory();
    process.requireInside(guest, address, 8);
    int start = memory.getInt(address);
    int length = memory.getInt(address + 4);
    process.requireInside(guest, start, Integer.toUnsignedLong(length));
    return memory.view(start, length);
  }

  private static WrittenFile requireWritten(Descriptor.File file) {
    if (file.written == null) {
      throw new FileError(Errno.BADF);
    }
    return file.written;
  }

  private static long requireOffset(long offset) {
    if (offset < 0) {
      throw new FileError(Errno.INVAL);
    }
    return offset;
  }

  private static void seek(GuestProcess process, Guest guest, long[] a) {
    Descriptor.File file = seekable(process.descriptors().get((int) a[0]));
    long from =
        switch ((int) a[2]) {
          case 0 -> 0;
          case 1 -> file.position;
          case 2 -> file.readable.length();
          default -> throw new FileError(Errno.INVAL);
        };
    // Both are far from the ends of a long unless the program means mischief.
    if (a[1] > Long.MAX_VALUE - from || from + a[1] < 0) {
      throw new FileError(Errno.INVAL);
    }
    file.position = from + a[1];
    guest.memory().setLong((int) a[3], file.position);
  }

  private static void tell(GuestProcess process, Guest guest, long[] a) {
    Descriptor.File file = seekable(process.descriptors().get((int) a[0]));
    guest.memory().setLong((int) a[1], file.position);
  }

  private static Descriptor.File seekable(Descriptor open) {
    return switch (open) {
      case Descriptor.File file -> file;
      case Descriptor.Input _, Descriptor.Errors _ -> throw new FileError(Errno.SPIPE);
      case Descriptor.Directory _ -> throw new FileError(Errno.BADF);
    };
  }

  private static void setFlags(GuestProcess process, Guest guest, long[] a) {
    if ((a[1] & 0xFFFF & ~FLAGS_KNOWN) != 0) {
      throw new FileError(Errno.INVAL);
    }
    if (process.descriptors().get((int) a[0]) instanceof Descriptor.File file) {
      file.flags = (int) a[1] & FLAGS_KNOWN;
    }
  }

  private static void setSize(GuestProcess process, Guest guest, long[] a) {
    resize(process, guest, (int) a[0], requireOffset(a[1]));
  }

  private static void allocate(GuestProcess process, Guest guest, long[] a) {
    long end = requireOffset(a[1]) + requireOffset(a[2]);
    Descriptor.File file = writable(process.descriptors().get((int) a[0]));
    if (end < 0) {
      throw new FileError(Errno.INVAL);
    }
    if (end > file.readable.length()) {
      resize(process, guest, (int) a[0], end);
    }
  }

  private static void resize(GuestProcess process, Guest guest, int number, long length) {
    WrittenFile file = requireWritten(writable(process.descriptors().get(number)));
    if (length > file.length()) {
      chargeWrite(process, guest, file, length, 0);
    }
    file.truncate(length);
  }
}
