package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import java.util.ArrayList;
import java.util.List;

/// What became of the blobs of a window, in the order in which they were granted.
///
/// @param items one result per blob
/// @param failure why the first failing blob failed; empty when none did
public record SealResponse(List<SealResult> items, String failure) {

  private static final int ITEM_ENCODED_BYTES_MIN = 2;

  public SealResponse {
    items = Batches.bounded(items);
    failure = Batches.boundedText(failure);
  }

  static SealResponse read(CanonicalReader reader) {
    int count = reader.count(MemoryCalls.ITEMS_MAX, ITEM_ENCODED_BYTES_MIN, "the number of items");
    List<SealResult> items = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      items.add(SealResult.read(reader));
    }
    return new SealResponse(items, Batches.readText(reader));
  }

  void write(CanonicalWriter writer) {
    writer.varint(items.size());
    items.forEach(item -> item.write(writer));
    writer.text(failure);
  }
}
