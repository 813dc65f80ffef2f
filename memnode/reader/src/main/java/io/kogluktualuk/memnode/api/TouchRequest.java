package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.List;

/// Tells that blobs of a tenant have been read, which their node cannot see by itself. A hint:
/// samples are enough, and losing it does no harm.
///
/// @param hashes at most [MemoryCalls#ITEMS_MAX]; each counts as one use
public record TouchRequest(Tenant tenant, List<Hash> hashes) {

  public TouchRequest {
    hashes = Batches.bounded(hashes);
  }

  static TouchRequest read(CanonicalReader reader) {
    return new TouchRequest(Tenant.read(reader), Batches.readHashes(reader));
  }

  void write(CanonicalWriter writer) {
    tenant.write(writer);
    Batches.writeHashes(hashes, writer);
  }
}
