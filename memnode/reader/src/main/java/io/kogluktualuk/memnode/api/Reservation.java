package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// The answer to one item of a [ReserveRequest].
public sealed interface Reservation {

  /// The blob is there already: nothing to transfer.
  record Present(BlobLocation location) implements Reservation {}

  /// The blob gets the next `length` bytes of the response's window.
  record Granted() implements Reservation {}

  /// No room; the response's text says why.
  ///
  /// @param tag the kind of failure, see [io.kogluktualuk.fabric.fault.FabricException#ofTag]
  record Refusal(int tag) implements Reservation {}

  /// All windows are lent now: ask again.
  record Later() implements Reservation {}

  static Reservation read(CanonicalReader reader) {
    int kind = reader.u8();
    return switch (kind) {
      case 0 -> new Present(BlobLocation.read(reader));
      case 1 -> new Granted();
      case 2 -> new Refusal(reader.u8());
      case 3 -> new Later();
      default -> throw reader.malformed("no kind of reservation has tag " + kind);
    };
  }

  default void write(CanonicalWriter writer) {
    switch (this) {
      case Present(BlobLocation location) -> location.write(writer.u8(0));
      case Granted() -> writer.u8(1);
      case Refusal(int tag) -> writer.u8(2).u8(tag);
      case Later() -> writer.u8(3);
    }
  }
}
