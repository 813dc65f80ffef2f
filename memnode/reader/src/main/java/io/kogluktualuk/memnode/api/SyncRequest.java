package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// Asks a node to have on the device what it has acknowledged of a tenant until now, and to answer
/// then. For blobs put by [MemoryCalls#PUT], which waits for nothing, and for those that were there
/// already when somebody wanted to put them durably.
public record SyncRequest(Tenant tenant) {

  static SyncRequest read(CanonicalReader reader) {
    return new SyncRequest(Tenant.read(reader));
  }

  void write(CanonicalWriter writer) {
    tenant.write(writer);
  }
}
