package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import io.kogluktualuk.fabric.hash.Hash;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What a collection does, or did, with the blobs of one page.
///
/// @param totals how many blobs have which fate
/// @param largest the largest of the page, at most [#ENTRIES_MAX]
/// @param next where the next page begins; 0 after the last
public record CollectPage(List<Total> totals, List<Entry> largest, long next) {

  public static final int ENTRIES_MAX = 256;

  /// All blobs of one fate.
  public record Total(Fate fate, long blobs, long bytes) {

    private static Total read(CanonicalReader reader) {
      return new Total(Fate.read(reader), reader.varint(), reader.varint());
    }
  }

  /// One blob.
  ///
  /// @param quietSeconds since it was sealed, pinned, or let go of
  /// @param generation that it was pinned with; 0 for never
  /// @param holds how many leases hold it
  /// @param worth by which it is compared with others when something has to be evicted: more stays
  ///     longer; 0 for what is not derived
  public record Entry(
      Hash hash,
      long length,
      Fate fate,
      long quietSeconds,
      long generation,
      long holds,
      long worth) {

    static final int ENCODED_BYTES_MIN = Hash.BYTES + 6;

    private static Entry read(CanonicalReader reader) {
      return new Entry(
          reader.hash(),
          reader.varint(),
          Fate.read(reader),
          reader.varint(),
          PinRequest.readGeneration(reader),
          reader.varint(),
          reader.varint());
    }

    private void write(CanonicalWriter writer) {
      writer.hash(hash).varint(length);
      fate.write(writer);
      writer.varint(quietSeconds).varint(generation).varint(holds).varint(worth);
    }

    /// The largest first.
    public static Comparator<Entry> byLength() {
      return Comparator.comparingLong(Entry::length).reversed().thenComparing(Entry::hash);
    }
  }

  public CollectPage {
    totals = List.copyOf(totals);
    largest = List.copyOf(largest);
    if (totals.size() > Fate.values().length || largest.size() > ENTRIES_MAX || next < 0) {
      throw new IllegalArgumentException(
          totals.size() + " totals and " + largest.size() + " entries before " + next);
    }
  }

  static CollectPage read(CanonicalReader reader) {
    int count = reader.count(Fate.values().length, 3, "the number of totals");
    List<Total> totals = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      totals.add(Total.read(reader));
    }
    int entries = reader.count(ENTRIES_MAX, Entry.ENCODED_BYTES_MIN, "the number of entries");
    List<Entry> largest = new ArrayList<>(entries);
    for (int i = 0; i < entries; i++) {
      largest.add(Entry.read(reader));
    }
    return new CollectPage(totals, largest, reader.varint());
  }

  void write(CanonicalWriter writer) {
    writer.varint(totals.size());
    for (Total total : totals) {
      total.fate().write(writer);
      writer.varint(total.blobs()).varint(total.bytes());
    }
    writer.varint(largest.size());
    largest.forEach(entry -> entry.write(writer));
    writer.varint(next);
  }
}
