package io.kogluktualuk.rdma.software;

import com.ibm.disni.verbs.IbvMr;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Checks and copies the local pieces of work requests against the registered regions.
///
/// **Threading:** any thread; immutable.
final class LocalMemory {

  private final RegionTable regions;
  private final SoftwareDomain domain;

  LocalMemory(RegionTable regions, SoftwareDomain domain) {
    this.regions = regions;
    this.domain = domain;
  }

  /// As [#isRegistered(SendRequest.Piece[], boolean)] for a whole request.
  boolean isRegistered(SendRequest request, boolean isTarget) {
    return request.inlined() != null || isRegistered(request.pieces, isTarget);
  }

  /// As [#gather(SendRequest.Piece[], long, MemorySegment, long, long)] for a whole request.
  boolean gather(SendRequest request, long from, MemorySegment target, long offset, long length) {
    MemorySegment inlined = request.inlined();
    if (inlined == null) {
      return gather(request.pieces, from, target, offset, length);
    }
    MemorySegment.copy(inlined, from, target, offset, length);
    return true;
  }

  /// Whether all pieces lie in regions of this domain.
  ///
  /// @param isTarget the pieces will be written to
  boolean isRegistered(SendRequest.Piece[] pieces, boolean isTarget) {
    for (SendRequest.Piece piece : pieces) {
      if (piece.length != 0 && regionOf(piece, isTarget) == null) {
        return false;
      }
    }
    return true;
  }

  /// The region that a piece lies in; null when there is none that may be used so.
  @Nullable SoftwareRegion regionOf(SendRequest.Piece piece, boolean isTarget) {
    SoftwareRegion region = regions.find(piece.lkey);
    if (region == null || region.domain() != domain) {
      return null;
    }
    long offset = piece.address - region.getAddr();
    boolean isInside =
        offset >= 0 && offset <= region.memory().byteSize() - Integer.toUnsignedLong(piece.length);
    boolean isAllowed = !isTarget || (region.access() & IbvMr.IBV_ACCESS_LOCAL_WRITE) != 0;
    return isInside && isAllowed ? region : null;
  }

  /// Bytes `from` to `from + length` of the pieces, to one place; false when a piece is not
  /// registered.
  boolean gather(
      SendRequest.Piece[] pieces, long from, MemorySegment target, long offset, long length) {
    return copy(pieces, from, target, offset, length, false);
  }

  /// From one place to bytes `from` to `from + length` of the pieces.
  boolean scatter(
      SendRequest.Piece[] pieces, long from, MemorySegment source, long offset, long length) {
    return copy(pieces, from, source, offset, length, true);
  }

  private boolean copy(
      SendRequest.Piece[] pieces,
      long from,
      MemorySegment other,
      long offset,
      long length,
      boolean toPieces) {
    long skip = from;
    long at = offset;
    long left = length;
    for (int i = 0; i < pieces.length && left > 0; i++) {
      SendRequest.Piece piece = pieces[i];
      long pieceBytes = Integer.toUnsignedLong(piece.length);
      if (skip >= pieceBytes) {
        skip -= pieceBytes;
        continue;
      }
      SoftwareRegion region = regionOf(piece, toPieces);
      if (region == null) {
        return false;
      }
      long count = Math.min(left, pieceBytes - skip);
      long inRegion = piece.address - region.getAddr() + skip;
      if (!region.enter()) {
        return false;
      }
      try {
        if (toPieces) {
          MemorySegment.copy(other, at, region.memory(), inRegion, count);
        } else {
          MemorySegment.copy(region.memory(), inRegion, other, at, count);
        }
      } finally {
        region.leave();
      }
      skip = 0;
      at += count;
      left -= count;
    }
    return left == 0;
  }
}
