package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The answer to a [StandRequest].
///
/// @param lifetime how long the window lasts, counted from before the request was answered
/// @param window where to write; null when no window can stand now: small blobs then are reserved
///     like others
public record StandResponse(Duration lifetime, @Nullable WriteWindow window) {

  static StandResponse read(CanonicalReader reader) {
    Duration lifetime =
        Duration.ofMillis(
            reader.varint(ReserveResponse.LIFETIME_MILLIS_MAX, "a window's lifetime"));
    return new StandResponse(lifetime, reader.bool() ? WriteWindow.read(reader) : null);
  }

  void write(CanonicalWriter writer) {
    writer.varint(lifetime.toMillis()).bool(window != null);
    if (window != null) {
      window.write(writer);
    }
  }
}
