package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.List;

/// Asks where blobs of a tenant lie.
///
/// @param hashes at most [MemoryCalls#ITEMS_MAX]
public record LocateRequest(Tenant tenant, List<Hash> hashes) {

  public LocateRequest {
    hashes = Batches.bounded(hashes);
  }

  static LocateRequest read(CanonicalReader reader) {
    return new LocateRequest(Tenant.read(reader), Batches.readHashes(reader));
  }

  void write(CanonicalWriter writer) {
    tenant.write(writer);
    Batches.writeHashes(hashes, writer);
  }
}
