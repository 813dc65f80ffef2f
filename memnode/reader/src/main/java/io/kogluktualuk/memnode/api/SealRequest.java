package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import java.util.ArrayList;
import java.util.List;

/// Declares windows completely written.
///
/// @param windows at most [MemoryCalls#ITEMS_MAX]
public record SealRequest(List<Long> windows) {

  public SealRequest {
    windows = Batches.bounded(windows);
  }

  static SealRequest read(CanonicalReader reader) {
    int count = reader.count(MemoryCalls.ITEMS_MAX, 1, "the number of windows");
    List<Long> windows = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      windows.add(reader.varint());
    }
    return new SealRequest(windows);
  }

  void write(CanonicalWriter writer) {
    writer.varint(windows.size());
    windows.forEach(writer::varint);
  }
}
