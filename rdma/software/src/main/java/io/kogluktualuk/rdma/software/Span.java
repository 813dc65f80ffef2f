package io.kogluktualuk.rdma.software;

import org.jspecify.annotations.Nullable;

/// A place in registered memory that the next bytes go to.
///
/// **Threading:** its path's lock.
final class Span {

  long address;
  long length;
  @Nullable SoftwareRegion region;

  /// Finds byte `offset` of some pieces; false when it lies in no region that may be used so.
  boolean find(LocalMemory local, SendRequest.Piece[] pieces, long offset, boolean isTarget) {
    long skip = offset;
    for (SendRequest.Piece piece : pieces) {
      long bytes = Integer.toUnsignedLong(piece.length);
      if (skip < bytes) {
        region = local.regionOf(piece, isTarget);
        address = piece.address + skip;
        length = bytes - skip;
        return region != null;
      }
      skip -= bytes;
    }
    region = null;
    return false;
  }
}
