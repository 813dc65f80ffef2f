package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The limits that every batch of this room keeps.
final class Batches {

  private Batches() {}

  static <T> List<T> bounded(List<T> items) {
    if (items.size() > MemoryCalls.ITEMS_MAX) {
      throw new IllegalArgumentException(
          "a call carries at most " + MemoryCalls.ITEMS_MAX + " items, found " + items.size());
    }
    return List.copyOf(items);
  }

  static List<Hash> readHashes(CanonicalReader reader) {
    int count = reader.count(MemoryCalls.ITEMS_MAX, Hash.BYTES, "the number of hashes");
    List<Hash> hashes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      hashes.add(reader.hash());
    }
    return hashes;
  }

  static void writeHashes(List<Hash> hashes, CanonicalWriter writer) {
    writer.varint(hashes.size());
    hashes.forEach(writer::hash);
  }

  /// A text that fits, cut between characters.
  static String boundedText(String text) {
    String cut = text;
    while (cut.getBytes(StandardCharsets.UTF_8).length > MemoryCalls.TEXT_BYTES_MAX) {
      int half = cut.length() / 2;
      cut = cut.substring(0, Character.isHighSurrogate(cut.charAt(half - 1)) ? half - 1 : half);
    }
    return cut;
  }

  static String readText(CanonicalReader reader) {
    return reader.text(MemoryCalls.TEXT_BYTES_MAX, "the text of a failure");
  }
}
