package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Asks for room for blobs.
///
/// @param session who will write and seal them
/// @param space who pays, and how long this may wait for room
/// @param lease what the blobs are held under once they are sealed, or at once if they are here;
///     null when they are not held
/// @param age of what these are copies of, so that they are not younger; null when somebody puts
///     them because he needs them
/// @param items at most [MemoryCalls#ITEMS_MAX], with at most [WriteWindow#BYTES_MAX] in all
public record ReserveRequest(
    Tenant tenant,
    SessionId session,
    SpaceTerms space,
    @Nullable LeaseTerms lease,
    @Nullable CopyAge age,
    List<Item> items) {

  /// One blob to come.
  ///
  /// @param length in bytes, at most [io.kogluktualuk.fabric.blob.Blob#LENGTH_MAX]
  /// @param retention what it would cost to lose it
  public record Item(Hash hash, int length, Retention retention) {

    static final int ENCODED_BYTES_MIN = Hash.BYTES + 2;

    /// One that cannot be computed again.
    public Item(Hash hash, int length) {
      this(hash, length, Retention.SOURCE);
    }
  }

  public ReserveRequest {
    items = Batches.bounded(items);
  }

  /// The default account pays at once, and nothing is held.
  public ReserveRequest(Tenant tenant, SessionId session, List<Item> items) {
    this(tenant, session, SpaceTerms.DEFAULT, null, null, items);
  }

  static ReserveRequest read(CanonicalReader reader) {
    Tenant tenant = Tenant.read(reader);
    SessionId session = SessionId.read(reader);
    SpaceTerms space = SpaceTerms.read(reader);
    LeaseTerms lease = reader.bool() ? LeaseTerms.read(reader) : null;
    CopyAge age = reader.bool() ? CopyAge.read(reader) : null;
    int count = reader.count(MemoryCalls.ITEMS_MAX, Item.ENCODED_BYTES_MIN, "the number of items");
    List<Item> items = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      items.add(new Item(reader.hash(), BlobLocation.readLength(reader), Retention.read(reader)));
    }
    return new ReserveRequest(tenant, session, space, lease, age, items);
  }

  void write(CanonicalWriter writer) {
    tenant.write(writer);
    session.write(writer);
    space.write(writer);
    writer.bool(lease != null);
    if (lease != null) {
      lease.write(writer);
    }
    writer.bool(age != null);
    if (age != null) {
      age.write(writer);
    }
    writer.varint(items.size());
    items.forEach(item -> item.retention().write(writer.hash(item.hash()).varint(item.length())));
  }
}
