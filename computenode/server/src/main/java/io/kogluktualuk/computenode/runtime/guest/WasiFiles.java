package io.kogluktualuk.computenode.runtime.guest;

import static io.kogluktualuk.computenode.runtime.guest.HostCalls.wasi;

import io.kogluktualuk.computenode.runtime.namespace.Errno;
import io.kogluktualuk.computenode.runtime.namespace.FileError;
import io.kogluktualuk.computenode.runtime.namespace.WrittenFile;
import io.kogluktualuk.computenode.vm.run.Guest;
import io.kogluktualuk.computenode.vm.run.HostImports;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// WASI calls that move bytes: read, write, seek, and what changes a file's length.
///
/// Writing anywhere counts against the output limit.
///
/// **Threading:** stateless.
final class WasiFiles {

  static final int FLAG_APPEND = 1;

  private static final int ERRORS_PIECE = 64 * 1_024;

  private WasiFiles() {}

  static void addTo(HostImports.Builder<GuestProcess> imports, Edition edition) {
    String module = edition.module();
    imports
        .function(module, "fd_read", "iiii>i", wasi(WasiFiles::read))
        .function(module, "fd_pread", "iiiIi>i", wasi(WasiFiles::readAt))
        .function(module, "fd_write", "iiii>i", wasi(WasiFiles::write))
        .function(module, "fd_pwrite", "iiiIi>i", wasi(WasiFiles::writeAt))
        .function(module, "fd_seek", "iIii>i", wasi((p, g, a) -> seek(p, g, edition, a)))
        .function(module, "fd_tell", "ii>i", wasi(WasiFiles::tell))
        .function(module, "fd_filestat_set_size", "iI>i", wasi(WasiFiles::setSize))
        .function(module, "fd_allocate", "iII>i", wasi(WasiFiles::allocate));
  }

  /// An open file that has the rights.
  private static Descriptor.File file(GuestProcess process, long number, long rights) {
    Descriptor open = process.descriptors().get((int) number);
    return switch (open) {
      case Descriptor.File file -> {
        file.require(rights);
        yield file;
      }
      case Descriptor.Directory _ -> throw new FileError(Errno.ISDIR);
      case Descriptor.Errors _ ->
          throw new FileError(
              (rights & (Rights.SEEK | Rights.TELL)) != 0 ? Errno.SPIPE : Errno.BADF);
    };
  }

  private static void read(GuestProcess process, Guest guest, long[] a) {
    Descriptor.File file = file(process, a[0], Rights.READ);
    Vectors vectors = Vectors.read(process, guest, (int) a[1], (int) a[2]);
    int done = read(process, guest, file, file.position, vectors);
    file.position += done;
    guest.memory().setInt((int) a[3], done);
  }

  private static void readAt(GuestProcess process, Guest guest, long[] a) {
    Descriptor.File file = file(process, a[0], Rights.READ | Rights.SEEK);
    Vectors vectors = Vectors.read(process, guest, (int) a[1], (int) a[2]);
    guest.memory().setInt((int) a[4], read(process, guest, file, requireOffset(a[3]), vectors));
  }

  /// One copy: from where the fabric holds the bytes into the guest's memory.
  private static int read(
      GuestProcess process, Guest guest, Descriptor.File file, long offset, Vectors vectors) {
    int done = 0;
    for (int i = 0; i < vectors.count(); i++) {
      MemorySegment target = vectors.segment(i);
      int part = file.readable.read(offset + done, target);
      guest.chargeFuel(part >>> 4);
      done += part;
      if (part < target.byteSize()) {
        break;
      }
    }
    process.countCopied(done);
    return done;
  }

  private static void write(GuestProcess process, Guest guest, long[] a) {
    if (process.descriptors().get((int) a[0]) instanceof Descriptor.Errors errors) {
      errors.require(Rights.WRITE);
      Vectors vectors = Vectors.read(process, guest, (int) a[1], (int) a[2]);
      guest.memory().setInt((int) a[3], writeErrors(process, guest, vectors));
      return;
    }
    Descriptor.File file = file(process, a[0], Rights.WRITE);
    Vectors vectors = Vectors.read(process, guest, (int) a[1], (int) a[2]);
    boolean appends = (file.flags & FLAG_APPEND) != 0;
    long start = appends ? file.readable.length() : file.position;
    int done = write(process, guest, requireWritten(file), start, vectors);
    file.position = start + done;
    guest.memory().setInt((int) a[3], done);
  }

  private static void writeAt(GuestProcess process, Guest guest, long[] a) {
    Descriptor.File file = file(process, a[0], Rights.WRITE | Rights.SEEK);
    Vectors vectors = Vectors.read(process, guest, (int) a[1], (int) a[2]);
    WrittenFile written = requireWritten(file);
    guest.memory().setInt((int) a[4], write(process, guest, written, requireOffset(a[3]), vectors));
  }

  private static int write(
      GuestProcess process, Guest guest, WrittenFile file, long offset, Vectors vectors) {
    int done = 0;
    for (int i = 0; i < vectors.count(); i++) {
      MemorySegment source = vectors.segment(i);
      if (source.byteSize() > 0) {
        chargeWrite(process, guest, file, offset + done, source.byteSize());
        file.write(offset + done, source);
        done += (int) source.byteSize();
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

  private static int writeErrors(GuestProcess process, Guest guest, Vectors vectors) {
    int done = 0;
    for (int i = 0; i < vectors.count(); i++) {
      MemorySegment source = vectors.segment(i);
      process.chargeOutput(source.byteSize());
      guest.chargeFuel(source.byteSize() >>> 4);
      for (long at = 0; at < source.byteSize(); at += ERRORS_PIECE) {
        long length = Math.min(ERRORS_PIECE, source.byteSize() - at);
        byte[] piece = source.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
        process.diagnostics().write(piece, 0, piece.length);
      }
      done += (int) source.byteSize();
    }
    return done;
  }

  private static WrittenFile requireWritten(Descriptor.File file) {
    if (file.written == null) {
      throw new FileError(Errno.BADF);
    }
    return file.written;
  }

  static long requireOffset(long offset) {
    if (offset < 0) {
      throw new FileError(Errno.INVAL);
    }
    return offset;
  }

  /// A seek that does not move is a tell.
  private static void seek(GuestProcess process, Guest guest, Edition edition, long[] a) {
    int whence = edition.whence((int) a[2] & 0xFF);
    boolean onlyTells = whence == 1 && a[1] == 0;
    Descriptor.File file = file(process, a[0], onlyTells ? Rights.TELL : Rights.SEEK);
    long from =
        switch (whence) {
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
    guest.memory().setLong((int) a[1], file(process, a[0], Rights.TELL).position);
  }

  private static void setSize(GuestProcess process, Guest guest, long[] a) {
    Descriptor.File file = file(process, a[0], Rights.SET_SIZE);
    resize(process, guest, requireWritten(file), requireOffset(a[1]));
  }

  private static void allocate(GuestProcess process, Guest guest, long[] a) {
    Descriptor.File file = file(process, a[0], Rights.ALLOCATE);
    long end = requireOffset(a[1]) + requireOffset(a[2]);
    if (end < 0 || a[2] == 0) {
      throw new FileError(Errno.INVAL);
    }
    if (end > file.readable.length()) {
      resize(process, guest, requireWritten(file), end);
    }
  }

  private static void resize(GuestProcess process, Guest guest, WrittenFile file, long length) {
    if (length > file.length()) {
      chargeWrite(process, guest, file, length, 0);
    }
    file.truncate(length);
  }
}
