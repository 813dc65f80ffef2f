package io.kogluktualuk.memnode.store;

import io.kogluktualuk.fabric.fault.OutOfSpace;
import io.kogluktualuk.fabric.fault.Unavailable;
import io.kogluktualuk.fabric.units.ByteCount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// Gives parts of a file real blocks, by writing zeros to them.
///
/// A mapped part without blocks would kill the process with SIGBUS when the disk is full; a write
/// reports the same thing as an error.
///
/// **Threading:** stateless; the caller sees to it that nobody uses the part being zeroed.
final class ZeroedFile {

  private static final int CHUNK_BYTES = 1 << 20;

  private ZeroedFile() {}

  /// Writes zeros from `from` to `to`.
  ///
  /// @return the end of what was written: `to`, unless the disk became full after `needed`
  /// @throws OutOfSpace when the disk became full before `needed`
  static long zero(Disk.OpenFile file, Path path, long from, long needed, long to) {
    byte[] zeros = new byte[(int) Math.min(CHUNK_BYTES, Math.max(0, to - from))];
    long at = from;
    try {
      while (at < to) {
        int part = (int) Math.min(zeros.length, to - at);
        file.write(zeros, part, at);
        at += part;
      }
      return at;
    } catch (IOException e) {
      if (at >= needed) {
        return at;
      }
      throw full(path, needed - at, e);
    }
  }

  /// The error for a write that failed; says how much room there is where it failed.
  static OutOfSpace full(Path path, long neededBytes, IOException cause) {
    Path folder = Objects.requireNonNullElse(path.toAbsolutePath().getParent(), path);
    return new OutOfSpace(
        "folder "
            + folder
            + ": "
            + path.getFileName()
            + " needs "
            + neededBytes
            + " more bytes, "
            + free(folder)
            + " are free ("
            + cause.getMessage()
            + ")",
        cause);
  }

  private static String free(Path folder) {
    try {
      long bytes = Files.getFileStore(folder).getUsableSpace();
      return bytes + " (" + new ByteCount(bytes) + ")";
    } catch (IOException e) {
      return "an unknown number";
    }
  }

  /// The error for a file that cannot be used at all.
  static Unavailable unusable(Path path, IOException cause) {
    return new Unavailable(path + ": cannot be used: " + cause, cause);
  }
}
