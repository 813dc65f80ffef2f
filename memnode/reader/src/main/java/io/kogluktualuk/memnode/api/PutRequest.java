package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// Declares blobs written to a part of a standing window, and asks for room for them at once:
/// reservation and seal in one call.
///
/// @param window the standing window's id
/// @param offset where in the window the first blob begins; the others follow it
/// @param blobs what they are, as they would be reserved
public record PutRequest(long window, int offset, ReserveRequest blobs) {

  static PutRequest read(CanonicalReader reader) {
    long window = reader.varint();
    int offset = (int) reader.varint(WriteWindow.BYTES_MAX, "an offset in a window");
    return new PutRequest(window, offset, ReserveRequest.read(reader));
  }

  void write(CanonicalWriter writer) {
    blobs.write(writer.varint(window).varint(offset));
  }
}
