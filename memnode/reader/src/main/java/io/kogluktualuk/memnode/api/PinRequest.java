package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.List;

/// Stamps blobs of a tenant as reachable from a root. With no hashes it tells that a mark
/// begins with this generation.
///
/// @param generation of the pins, 32 bits; one older than the node's is refused with
///     [io.kogluktualuk.fabric.fault.Conflict], a newer one becomes the node's
/// @param space who pays for those that might have been evicted
/// @param hashes at most [MemoryCalls#ITEMS_MAX]
public record PinRequest(Tenant tenant, long generation, SpaceTerms space, List<Hash> hashes) {

  static final long GENERATION_MAX = 0xFFFF_FFFFL;

  public PinRequest {
    hashes = Batches.bounded(hashes);
    checkGeneration(generation);
  }

  static void checkGeneration(long generation) {
    if (generation < 0 || generation > GENERATION_MAX) {
      throw new IllegalArgumentException("generation " + generation + " of pins");
    }
  }

  static long readGeneration(CanonicalReader reader) {
    return reader.varint(GENERATION_MAX, "a generation of pins");
  }

  static PinRequest read(CanonicalReader reader) {
    return new PinRequest(
        Tenant.read(reader),
        readGeneration(reader),
        SpaceTerms.read(reader),
        Batches.readHashes(reader));
  }

  void write(CanonicalWriter writer) {
    tenant.write(writer);
    writer.varint(generation);
    space.write(writer);
    Batches.writeHashes(hashes, writer);
  }
}
