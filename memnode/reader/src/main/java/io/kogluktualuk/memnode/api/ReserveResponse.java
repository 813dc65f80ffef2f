package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The answers to a [ReserveRequest], in its order.
///
/// @param lifetime how long the window lasts, counted from before the request was answered
/// @param window where to write what is granted; null when nothing is
/// @param items one answer per item
/// @param failure why items were refused; empty when none was
public record ReserveResponse(
    Duration lifetime, @Nullable WriteWindow window, List<Reservation> items, String failure) {

  static final long LIFETIME_MILLIS_MAX = Duration.ofDays(1).toMillis();
  private static final int ITEM_ENCODED_BYTES_MIN = 1;

  public ReserveResponse {
    items = Batches.bounded(items);
    failure = Batches.boundedText(failure);
  }

  static ReserveResponse read(CanonicalReader reader) {
    Duration lifetime =
        Duration.ofMillis(reader.varint(LIFETIME_MILLIS_MAX, "a window's lifetime"));
    WriteWindow window = reader.bool() ? WriteWindow.read(reader) : null;
    int count = reader.count(MemoryCalls.ITEMS_MAX, ITEM_ENCODED_BYTES_MIN, "the number of items");
    List<Reservation> items = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      items.add(Reservation.read(reader));
    }
    return new ReserveResponse(lifetime, window, items, Batches.readText(reader));
  }

  void write(CanonicalWriter writer) {
    writer.varint(lifetime.toMillis()).bool(window != null);
    if (window != null) {
      window.write(writer);
    }
    writer.varint(items.size());
    items.forEach(item -> item.write(writer));
    writer.text(failure);
  }
}
