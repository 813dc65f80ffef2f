package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.List;

/// Asks that blobs of a tenant stay where they are. With no hashes it only lets the holds under the
/// lease last longer.
///
/// @param space who pays for those that might have been evicted
/// @param hashes at most [MemoryCalls#ITEMS_MAX]
public record HoldRequest(Tenant tenant, LeaseTerms lease, SpaceTerms space, List<Hash> hashes) {

  public HoldRequest {
    hashes = Batches.bounded(hashes);
  }

  static HoldRequest read(CanonicalReader reader) {
    return new HoldRequest(
        Tenant.read(reader),
        LeaseTerms.read(reader),
        SpaceTerms.read(reader),
        Batches.readHashes(reader));
  }

  void write(CanonicalWriter writer) {
    tenant.write(writer);
    lease.write(writer);
    space.write(writer);
    Batches.writeHashes(hashes, writer);
  }
}
