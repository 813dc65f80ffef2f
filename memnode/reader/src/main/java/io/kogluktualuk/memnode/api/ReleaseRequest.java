package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import io.kogluktualuk.fabric.lease.LeaseProof;
import java.util.List;

/// Ends holds under a lease. What is not held under it is passed over, and so is what the holder
/// has asked to be held since: this may come late, or twice.
///
/// @param order as that of [LeaseTerms]
/// @param all whether every hold that the lease has on blobs of the tenant ends, hashes or not
/// @param hashes at most [MemoryCalls#ITEMS_MAX]
public record ReleaseRequest(
    Tenant tenant, LeaseProof proof, long order, boolean all, List<Hash> hashes) {

  public ReleaseRequest {
    hashes = Batches.bounded(hashes);
    if (order < 0) {
      throw new IllegalArgumentException("order " + order);
    }
  }

  static ReleaseRequest read(CanonicalReader reader) {
    return new ReleaseRequest(
        Tenant.read(reader),
        LeaseProof.CODEC.read(reader),
        reader.varint(),
        reader.bool(),
        Batches.readHashes(reader));
  }

  void write(CanonicalWriter writer) {
    tenant.write(writer);
    LeaseProof.CODEC.write(proof, writer);
    writer.varint(order).bool(all);
    Batches.writeHashes(hashes, writer);
  }
}
