package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// What became of one blob of a window.
public sealed interface SealResult {

  /// The bytes had the promised hash and are in the index.
  ///
  /// @param location where they lie
  record Sealed(BlobLocation location) implements SealResult {}

  /// The blob is not stored by this; the response's text says why.
  ///
  /// @param tag the kind of failure, see [io.kogluktualuk.fabric.fault.FabricException#ofTag]
  record Failed(int tag) implements SealResult {}

  static SealResult read(CanonicalReader reader) {
    return reader.bool() ? new Sealed(BlobLocation.read(reader)) : new Failed(reader.u8());
  }

  default void write(CanonicalWriter writer) {
    switch (this) {
      case Sealed(BlobLocation location) -> location.write(writer.bool(true));
      case Failed(int tag) -> writer.bool(false).u8(tag);
    }
  }
}
