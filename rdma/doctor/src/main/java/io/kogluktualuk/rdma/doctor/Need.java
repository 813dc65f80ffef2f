package io.kogluktualuk.rdma.doctor;

import java.nio.file.Path;

/// What the fabric would take of this machine, if it ran here as configured.
///
/// @param arenaBytes what memory nodes register: all of it is locked in memory by an adapter
/// @param openFiles file descriptors: connections, arenas, the log
/// @param stateFolder where the arenas' files lie
public record Need(long arenaBytes, long openFiles, Path stateFolder) {

  /// Buffers that a process registers besides arenas: pools and control calls.
  private static final long BUFFER_BYTES = 256L << 20;

  public Need {
    stateFolder = stateFolder.toAbsolutePath().normalize();
  }

  /// All that has to be lockable.
  long lockedBytes() {
    return arenaBytes + BUFFER_BYTES;
  }
}
