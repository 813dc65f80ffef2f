package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.List;

/// Asks where blobs of a tenant lie.
///
/// @param hashes at most [MemoryCalls#ITEMS_MAX]
public record LocateRequest(Tenant tenant, List<Hash> hashes) {

  public LocateRequest {
    hashes = Batches.bounded(hashes);
  }

  static LocateRequest read(CanonicalReader reader) {
    Tenant tenant = Tenant.read(reader);
    int count = reader.count(MemoryCalls.ITEMS_MAX, Hash.BYTES, "the number of hashes");
    List<Hash> hashes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      hashes.add(reader.hash());
    }
    return new LocateRequest(tenant, hashes);
  }

  void write(CanonicalWriter writer) {
    tenant.write(writer);
    writer.varint(hashes.size());
    hashes.forEach(writer::hash);
  }
}
