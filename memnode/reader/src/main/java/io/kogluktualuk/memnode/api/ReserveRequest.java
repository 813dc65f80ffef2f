package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.List;

/// Asks for room for blobs.
///
/// @param session who will write and seal them
/// @param items at most [MemoryCalls#ITEMS_MAX], with at most [WriteWindow#BYTES_MAX] in all
public record ReserveRequest(Tenant tenant, SessionId session, List<Item> items) {

  /// One blob to come.
  ///
  /// @param length in bytes, at most [io.kogluktualuk.fabric.blob.Blob#LENGTH_MAX]
  public record Item(Hash hash, int length) {

    static final int ENCODED_BYTES_MIN = Hash.BYTES + 1;
  }

  public ReserveRequest {
    items = Batches.bounded(items);
  }

  static ReserveRequest read(CanonicalReader reader) {
    Tenant tenant = Tenant.read(reader);
    SessionId session = SessionId.read(reader);
    int count = reader.count(MemoryCalls.ITEMS_MAX, Item.ENCODED_BYTES_MIN, "the number of items");
    List<Item> items = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      items.add(new Item(reader.hash(), BlobLocation.readLength(reader)));
    }
    return new ReserveRequest(tenant, session, items);
  }

  void write(CanonicalWriter writer) {
    tenant.write(writer);
    session.write(writer);
    writer.varint(items.size());
    items.forEach(item -> writer.hash(item.hash()).varint(item.length()));
  }
}
