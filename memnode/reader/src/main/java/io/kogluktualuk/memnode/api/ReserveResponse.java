package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.rdma.transport.memory.RemoteRegion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// The answers to a [ReserveRequest], in its order.
///
/// @param lifetime how long the windows last, counted from before the request was sent
/// @param writable the regions that the windows lie in, with the keys that allow writing
/// @param items one answer per item
/// @param failure why items were refused; empty when none was
public record ReserveResponse(
    Duration lifetime,
    SortedMap<Integer, RemoteRegion> writable,
    List<Reservation> items,
    String failure) {

  private static final long LIFETIME_MILLIS_MAX = Duration.ofDays(1).toMillis();
  private static final int REGION_ENCODED_BYTES_MIN = 11;
  private static final int ITEM_ENCODED_BYTES_MIN = 2;

  public ReserveResponse {
    items = Batches.bounded(items);
    failure = Batches.boundedText(failure);
    writable = Collections.unmodifiableSortedMap(new TreeMap<>(writable));
  }

  static ReserveResponse read(CanonicalReader reader) {
    Duration lifetime =
        Duration.ofMillis(reader.varint(LIFETIME_MILLIS_MAX, "a window's lifetime"));
    SortedMap<Integer, RemoteRegion> writable = readRegions(reader);
    int count = reader.count(MemoryCalls.ITEMS_MAX, ITEM_ENCODED_BYTES_MIN, "the number of items");
    List<Reservation> items = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      items.add(Reservation.read(reader));
    }
    return new ReserveResponse(lifetime, writable, items, Batches.readText(reader));
  }

  private static SortedMap<Integer, RemoteRegion> readRegions(CanonicalReader reader) {
    int count =
        reader.count(MemoryCalls.REGIONS_MAX, REGION_ENCODED_BYTES_MIN, "the number of regions");
    TreeMap<Integer, RemoteRegion> regions = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      int number = BlobLocation.readRegion(reader);
      if (!regions.isEmpty() && number <= regions.lastKey()) {
        throw reader.malformed("region " + number + " does not follow " + regions.lastKey());
      }
      regions.put(number, RemoteRegion.read(reader));
    }
    return regions;
  }

  void write(CanonicalWriter writer) {
    writer.varint(lifetime.toMillis()).varint(writable.size());
    writable.forEach((number, region) -> region.write(writer.varint(number)));
    writer.varint(items.size());
    items.forEach(item -> item.write(writer));
    writer.text(failure);
  }
}
