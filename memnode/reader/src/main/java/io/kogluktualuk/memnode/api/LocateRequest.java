package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.List;

/// Asks where blobs lie.
///
/// @param hashes at most [MemoryCalls#ITEMS_MAX]
public record LocateRequest(List<Hash> hashes) {

  public LocateRequest {
    hashes = Batches.bounded(hashes);
  }

  static LocateRequest read(CanonicalReader reader) {
    int count = reader.count(MemoryCalls.ITEMS_MAX, Hash.BYTES, "the number of hashes");
    List<Hash> hashes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      hashes.add(reader.hash());
    }
    return new LocateRequest(hashes);
  }

  void write(CanonicalWriter writer) {
    writer.varint(hashes.size());
    hashes.forEach(writer::hash);
  }
}
