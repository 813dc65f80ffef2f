package io.kogluktualuk.memnode.api;

import io.kogluktualuk.fabric.codec.CanonicalReader;
import io.kogluktualuk.fabric.codec.CanonicalWriter;

/// Declares a window written.
///
/// @param session who has reserved it
/// @param window its id
public record SealRequest(Tenant tenant, SessionId session, long window) {

  static SealRequest read(CanonicalReader reader) {
    return new SealRequest(Tenant.read(reader), SessionId.read(reader), reader.varint());
  }

  void write(CanonicalWriter writer) {
    tenant.write(writer);
    session.write(writer);
    writer.varint(window);
  }
}
