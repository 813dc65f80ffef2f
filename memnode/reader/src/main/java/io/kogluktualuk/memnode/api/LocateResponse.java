package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// Where the blobs of a [LocateRequest] lie.
///
/// @param found position in the request → location, for those that are here
public record LocateResponse(SortedMap<Integer, BlobLocation> found) {

  private static final int ITEM_ENCODED_BYTES_MIN = 4;

  public LocateResponse {
    found = Collections.unmodifiableSortedMap(new TreeMap<>(found));
  }

  static LocateResponse read(CanonicalReader reader) {
    int count = reader.count(MemoryCalls.ITEMS_MAX, ITEM_ENCODED_BYTES_MIN, "the number of items");
    TreeMap<Integer, BlobLocation> found = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      int position = (int) reader.varint(MemoryCalls.ITEMS_MAX - 1, "a position");
      if (!found.isEmpty() && position <= found.lastKey()) {
        throw reader.malformed("position " + position + " does not follow " + found.lastKey());
      }
      found.put(position, BlobLocation.read(reader));
    }
    return new LocateResponse(found);
  }

  void write(CanonicalWriter writer) {
    writer.varint(found.size());
    found.forEach((position, location) -> location.write(writer.varint(position)));
  }
}
