package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/// Which of the blobs of a [HoldRequest] or a [PinRequest] are not here; the others are held, or
/// pinned.
///
/// @param absent positions in the request
public record AbsentResponse(SortedSet<Integer> absent) {

  public AbsentResponse {
    absent = Collections.unmodifiableSortedSet(new TreeSet<>(absent));
  }

  static AbsentResponse read(CanonicalReader reader) {
    int count = reader.count(MemoryCalls.ITEMS_MAX, 1, "the number of absent blobs");
    TreeSet<Integer> absent = new TreeSet<>();
    for (int i = 0; i < count; i++) {
      int position = (int) reader.varint(MemoryCalls.ITEMS_MAX - 1, "a position");
      if (!absent.isEmpty() && position <= absent.last()) {
        throw reader.malformed("position " + position + " does not follow " + absent.last());
      }
      absent.add(position);
    }
    return new AbsentResponse(absent);
  }

  void write(CanonicalWriter writer) {
    writer.varint(absent.size());
    absent.forEach(writer::varint);
  }
}
